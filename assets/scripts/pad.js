// The hand: tools, keys, touch and pictures, all by way of Gradio's own editor and buttons.

const PAD = "#pad";
const GRADIO_NOTES_MS = 300; // after pen-up, the Sketchpad's value is the drawing
const PHOTO_SIDE_PX = 1024; // larger photos are made smaller before they are laid on the paper

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

/** The toolbar's brush (0) and eraser (1), whatever their language. */
const gradioTool = (index) =>
  document.querySelectorAll(`${PAD} .toolbar-wrap .half-container:first-child button`)[index];

/** Where the paper is on the screen. */
function paperBounds(editor) {
  const canvas = editor.app.canvas.getBoundingClientRect();
  const side = editor.width * editor.scale_value;
  const { x, y } = editor.position_value;
  return { left: canvas.left + x, top: canvas.top + y, width: side, height: side };
}

/** Put the brush back in hand whenever the editor lays it down: on opening, and after Clear. */
function keepBrushInHand(editor) {
  const takeTool = editor.set_tool;
  editor.set_tool = function (tool) {
    takeTool.call(this, tool);
    if (tool === "image") queueMicrotask(() => gradioTool(0)?.click());
    else showTool(tool);
  };
  gradioTool(0).click();
}

/** Gradio calls the paper a place to upload to, in English. */
function namePaper() {
  const paper = document.querySelector(`${PAD} .image-container`);
  paper.setAttribute("role", "group");
  paper.setAttribute("aria-label", text("pad.label"));
}

function showTool(tool) {
  for (const button of document.querySelectorAll(".tools [data-tool]")) {
    button.setAttribute("aria-pressed", (button.dataset.tool === "eraser") === (tool === "erase"));
  }
}

/** The paper fills the pad, and neither wheel nor fingers move it. Its shadow would cost half of each frame. */
function pinPaper(editor) {
  editor.outline_graphics.filters = [];
  editor.outline_container.visible = false; // the pad itself is white
  const { stage, canvas } = editor.app;
  const zoom = editor.tools.get("zoom");
  zoom.setup_event_listeners = () => {};
  zoom.border_padding = 0;
  stage.removeAllListeners("wheel");
  canvas.removeEventListener("wheel", zoom.prevent_default);
  zoom.set_zoom("fit");
}

/** A second finger means scrolling: take back what the first began to draw, as on pointercancel. */
function minFingers(editor) {
  let fingerY = 0;
  const pad = document.querySelector(PAD);
  const takeBack = () => {
    const brush = editor.tools.get("brush");
    if (!brush.is_drawing) return;
    brush.on_pointer_up();
    setTimeout(() => editor.undo()); // the stroke is a command only in a moment
  };
  pad.addEventListener(
    "pointerdown",
    (event) => {
      if (event.isPrimary) return;
      event.stopPropagation();
      fingerY = event.clientY;
      takeBack();
    },
    true,
  );
  pad.addEventListener(
    "pointermove",
    (event) => {
      if (event.isPrimary) return;
      event.stopPropagation();
      scrollBy({ top: fingerY - event.clientY, behavior: "instant" });
      fingerY = event.clientY;
    },
    true,
  );
  pad.addEventListener("pointercancel", takeBack, true);
}

async function layPicture(editor, blob) {
  try {
    const bitmap = await createImageBitmap(blob);
    const scale = Math.min(1, PHOTO_SIDE_PX / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(bitmap.width * scale));
    canvas.height = Math.max(1, Math.round(bitmap.height * scale));
    canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    const image = await new Promise((resolve) => canvas.toBlob(resolve));
    await editor.add_image({ image });
    editor.notify("change");
  } catch (error) {
    console.warn("not a picture:", error);
    showEmpty("error.unreadable");
  }
}

function setUpPictures(editor) {
  const chooser = document.querySelector(".tools input[type=file]");
  const isPicture = (file) => file.type.startsWith("image/");
  const firstPicture = (files) => [...(files ?? [])].find(isPicture);
  chooser.addEventListener("change", () => {
    if (chooser.files[0]) layPicture(editor, chooser.files[0]);
    chooser.value = "";
  });
  document.addEventListener("paste", (event) => {
    const picture = firstPicture(event.clipboardData?.files);
    if (picture) layPicture(editor, picture);
  });
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    const file = event.dataTransfer?.files[0];
    if (file) layPicture(editor, file);
  });
}

function setUpTools(editor) {
  const tools = document.querySelector(".tools");
  const actions = {
    undo: () => editor.undo(),
    redo: () => editor.redo(),
    upload: () => tools.querySelector("input[type=file]").click(),
  };
  tools.addEventListener("click", (event) => {
    const { tool, action } = event.target.closest("button")?.dataset ?? {};
    if (tool) gradioTool(tool === "brush" ? 0 : 1).click();
    if (action) actions[action]();
  });
  const width = tools.querySelector(".brush-width");
  width.addEventListener("input", () => {
    editor.tools.get("brush").set_brush_size(Number(width.value));
    editor.tools.get("brush").set_eraser_size(2 * Number(width.value));
  });
  editor.command_manager.current_history.subscribe(({ previous, next }) => {
    tools.querySelector("[data-action=undo]").disabled = !previous;
    tools.querySelector("[data-action=redo]").disabled = !next;
  });
}

function setUpKeys(editor) {
  document.addEventListener("keydown", (event) => {
    if (event.target.closest?.("input:not([type=range]), textarea, [contenteditable]")) return;
    if (!document.querySelector(PAD)?.offsetParent) return; // another tab is open
    const command = event.ctrlKey || event.metaKey;
    const key = event.key.toLowerCase();
    if (command && key === "z") (event.shiftKey ? editor.redo() : editor.undo());
    else if (command && key === "y") editor.redo();
    else if (key === "delete" || key === "backspace") document.querySelector("#clear").click();
    else return;
    event.preventDefault();
  });
}

function setUpToggles(live) {
  answerPanel().addEventListener("click", (event) => {
    const button = event.target.closest("[data-toggle]");
    if (button?.dataset.toggle === "bars") {
      const list = answerPanel().querySelector(".all-digits");
      list.hidden = !list.hidden;
      button.setAttribute("aria-expanded", !list.hidden);
    } else if (button) {
      live.explain = !live.explain;
      button.setAttribute("aria-pressed", live.explain);
      if (lastReply) live.drawingChanged();
    }
  });
}

/** Gradio's editor is not to be reached: show its own tools, and press Recognise when the pen lifts. */
function followGradio() {
  document.body.classList.add("plain-pad", "pad-ready");
  showEmpty();
  gradioTool(0).click();
  document.querySelector(PAD).addEventListener("pointerup", ({ target }) => {
    if (target.tagName === "CANVAS") setTimeout(() => document.querySelector("#recognise").click(), GRADIO_NOTES_MS);
  });
}

let paper = null; // once the editor is there

async function setUp() {
  await appearance(() => document.body);
  setUpLanguage();
  await appearance(() => gradioTool(0) && document.querySelector(".tools") && answerPanel());
  const { editor } = window;
  if (!editor?.layer_manager || !editor.tools.get("brush")?.brush_textures) return followGradio();
  paper = new Paper(editor);
  const live = new Live(paper);
  showEmpty();
  pinPaper(editor);
  paintInTurn(editor);
  growStrokes(editor);
  keepBrushInHand(editor);
  minFingers(editor);
  setUpTools(editor);
  setUpPictures(editor);
  setUpKeys(editor);
  setUpToggles(live);
  // Undo is done a moment after it is announced.
  editor.on("change", () => setTimeout(() => live.drawingChanged()));
  setInterval(() => live.penMoves(), LOOK_INTERVAL_MS);
  namePaper();
  document.addEventListener("localechange", namePaper);
  document.addEventListener("localechange", sayAnswer);
  document.body.classList.add("pad-ready");
}

window.digits = { label: () => labelValue, show: (reply) => showReply(reply, true) };
setUp();
