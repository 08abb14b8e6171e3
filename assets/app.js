// Helps Gradio's Sketchpad along. Gradio 6 leaves its editor in `window.editor`.

const PAD = "#pad";

/** Resolve with what `find` returns as soon as it is not falsy. */
function appearance(find) {
  return new Promise((resolve) => {
    const look = () => {
      const found = find();
      if (!found) return;
      observer.disconnect();
      resolve(found);
    };
    const observer = new MutationObserver(look);
    observer.observe(document, { childList: true, subtree: true });
    look();
  });
}

/** The toolbar's brush: the first button of its first half, whatever the language. */
const brushButton = () =>
  document.querySelector(`${PAD} .toolbar-wrap .half-container:first-child button`);

/** Put the brush back in hand whenever the editor lays it down: on opening, and after Clear. */
function keepBrushInHand(editor) {
  const takeTool = editor.set_tool;
  editor.set_tool = function (tool) {
    takeTool.call(this, tool);
    if (tool === "image") queueMicrotask(() => brushButton()?.click());
  };
  brushButton().click();
}

appearance(brushButton).then(() => keepBrushInHand(window.editor));
