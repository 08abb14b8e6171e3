// Keys of the tabs that browse digits: arrows go back and forth, R goes anywhere.

const STEP_OF_KEY = { ArrowLeft: "previous", ArrowRight: "next", r: "random" };

document.addEventListener("keydown", (event) => {
  const step = STEP_OF_KEY[event.key];
  if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest?.("input, textarea, [role=tab], [contenteditable], .scroll")) return;
  const button = [...document.querySelectorAll(`.step-${step}`)].find((each) => each.offsetParent);
  if (!button) return; // this tab has none
  event.preventDefault();
  button.click();
});
