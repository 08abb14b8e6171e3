// The answer: Gradio's Label by way of a hidden button, and everything around it.

const answerPanel = () => document.querySelector(".answer");
const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");

function showState(state) {
  const { dataset } = document.querySelector("#result");
  dataset.state = state;
  delete dataset.lost;
}

/** What the Label is to show; the hidden button's event fetches it. */
const NO_LABEL = {};
let labelValue = NO_LABEL;
let lastReply = null;

function setLabel(value) {
  labelValue = value;
  document.querySelector("#show-label").click();
}

function setMessage(key) {
  const message = answerPanel().querySelector(".message");
  message.dataset.i18n = key;
  message.textContent = key ? text(key) : "";
}

/** The server does not answer: what is shown belongs to an older drawing. */
function showLost(key = "error.connection") {
  document.querySelector("#result").dataset.lost = "";
  setMessage(key);
}

/** Nothing is drawn: no answer, and a word on what to do. */
function showEmpty(key = "answer.hint") {
  lastReply = null;
  showState("empty");
  setLabel(NO_LABEL);
  setMessage(key);
  say("");
  showPicture(null);
  showSaliency(null);
  showBars(null);
  showNumber(null);
}

/** The answer to the drawing as it is: see `Answer.reply` on the server. */
function showReply(reply, settled) {
  if (reply.error) return showEmpty(reply.error);
  lastReply = reply;
  showNumber(reply.number);
  showState(reply.number ? "number" : reply.is_digit ? "digit" : "other");
  setLabel(reply.number ?? reply.label);
  setMessage(reply.number || reply.is_digit ? "" : "answer.not_a_digit");
  showDigit(reply.number?.digits[0] ?? reply);
  if (settled) sayAnswer();
}

/** One digit as the model saw it, why, and all its probabilities: the reply's own, or one of a number's. */
function showDigit({ picture, saliency, probabilities }) {
  showPicture(picture);
  showSaliency(saliency);
  showBars(probabilities);
}

function say(words) {
  answerPanel().querySelector(".spoken").textContent = words;
}

function sayAnswer() {
  if (!lastReply) return;
  const { number } = lastReply;
  if (!number && !lastReply.is_digit) return say(text("answer.not_a_digit"));
  const { label, confidence } = (number ?? lastReply.label).confidences[0];
  say(text("answer.spoken", { digit: label, percent: Math.round(100 * confidence) }));
}

let shownPicture = null;

async function showPicture(uri) {
  shownPicture = uri;
  const context = answerPanel().querySelector(".picture").getContext("2d");
  if (!uri) return context.clearRect(0, 0, 28, 28);
  const image = new Image();
  image.src = uri;
  await image.decode();
  if (shownPicture === uri) context.drawImage(image, 0, 0);
}

function showSaliency(uri) {
  const image = answerPanel().querySelector(".saliency");
  image.hidden = !uri;
  if (uri) image.src = uri;
  answerPanel().querySelector(".legend").hidden = !uri;
}

function showBars(probabilities) {
  const list = answerPanel().querySelector(".all-digits");
  if (!list.children.length) {
    for (let digit = 0; digit < 10; digit += 1) {
      const item = list.appendChild(document.createElement("li"));
      item.innerHTML = `<span>${digit}</span><span class="bar"><span></span></span><span class="share"></span>`;
    }
  }
  [...list.children].forEach((item, digit) => {
    const share = probabilities?.[digit] ?? 0;
    item.querySelector(".bar span").style.transform = `scaleX(${share})`;
    item.querySelector(".share").textContent = probabilities ? `${(100 * share).toFixed(1)}%` : "";
  });
}

/** Let the drawing shrink from the pad into the model's picture. */
function animateIntoPicture(canvas, box, paperBounds) {
  if (reducedMotion.matches) return;
  const target = answerPanel().querySelector(".picture").getBoundingClientRect();
  const scale = paperBounds.width / canvas.width;
  const flyer = document.createElement("canvas");
  flyer.width = box.width;
  flyer.height = box.height;
  flyer.getContext("2d").drawImage(canvas, -box.left, -box.top);
  flyer.className = "flyer";
  Object.assign(flyer.style, {
    left: `${paperBounds.left + box.left * scale}px`,
    top: `${paperBounds.top + box.top * scale}px`,
    width: `${box.width * scale}px`,
    height: `${box.height * scale}px`,
  });
  document.body.append(flyer);
  const side = (target.width * 20) / 28 / (Math.max(box.width, box.height) * scale);
  const x = target.left + (target.width - box.width * scale * side) / 2 - paperBounds.left - box.left * scale;
  const y = target.top + (target.height - box.height * scale * side) / 2 - paperBounds.top - box.top * scale;
  flyer.animate(
    [
      { transform: "none", opacity: 0.5 },
      { transform: `translate(${x}px, ${y}px) scale(${side})`, opacity: 0 },
    ],
    { duration: 450, easing: "cubic-bezier(.3, 0, .1, 1)" },
  ).onfinish = () => flyer.remove();
}
