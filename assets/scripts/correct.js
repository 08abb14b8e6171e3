// "Wrong? It is a …": sends the drawing that was answered, once its owner has agreed and said what it is.

function setUpCorrections(panel) {
  const result = document.querySelector("#result");
  const agreed = panel.querySelector("input");
  const buttons = Array.from({ length: 10 }, (_, digit) => {
    const button = panel.querySelector(".right").appendChild(document.createElement("button"));
    button.type = "button";
    button.textContent = digit;
    button.addEventListener("click", () => correct(digit));
    return button;
  });
  let isUnderWay = false;

  const tell = (key) => {
    const told = panel.querySelector(".told");
    told.dataset.i18n = key;
    told.textContent = key ? text(key) : "";
  };

  const refresh = () => buttons.forEach((button) => (button.disabled = isUnderWay || !agreed.checked));

  /** A new answer, or none: offer to correct it, unless it is a photo's. */
  function answerChanged() {
    const hasPhoto = window.editor?.command_manager.contains("AddImage");
    panel.hidden = hasPhoto || !["digit", "other"].includes(result.dataset.state);
    if (!isUnderWay) tell("");
  }

  async function correct(digit) {
    if (isUnderWay || !paper?.read()) return;
    isUnderWay = true;
    refresh();
    try {
      const { key } = await post("correct", [paper.picture, digit, agreed.checked]);
      tell(key);
      if (key === "correct.thanks") panel.querySelector("details").open = false;
    } catch (error) {
      console.warn("not corrected:", error);
      tell("correct.failed");
    } finally {
      isUnderWay = false;
      refresh();
    }
  }

  agreed.addEventListener("change", refresh);
  new MutationObserver(answerChanged).observe(result, { attributeFilter: ["data-state"] });
  new MutationObserver(answerChanged).observe(document.querySelector(".answer"), {
    subtree: true,
    childList: true,
    attributeFilter: ["src"],
  });
  refresh();
  answerChanged();
}

// The panel is there only where corrections are kept.
appearance(() => document.querySelector(".correct") && document.querySelector("#result[data-state]")).then(() =>
  setUpCorrections(document.querySelector(".correct")),
);
