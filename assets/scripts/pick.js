// What a gr.HTML does on load: a click on a part with data-pick tells the server which one it was.
element.addEventListener("click", (event) => {
  const pick = event.target.closest("[data-pick]")?.dataset.pick;
  if (pick !== undefined) trigger("click", { pick });
});
