// A whole number: boxes on the paper in reading order, and a button for each digit that shows its own answer.

function showNumber(number) {
  const boxes = document.querySelector(".number-boxes") ?? makeBoxes();
  const list = answerPanel().querySelector(".number");
  boxes.hidden = list.hidden = !number;
  boxes.replaceChildren();
  list.replaceChildren();
  number?.digits.forEach((digit, index) => {
    boxes.append(boxOf(digit));
    const button = list.appendChild(document.createElement("li")).appendChild(document.createElement("button"));
    button.type = "button";
    button.textContent = digit.label;
    button.setAttribute("aria-pressed", "false");
    button.setAttribute("aria-label", text("number.digit", { place: index + 1, digit: digit.label }));
    button.addEventListener("click", () => selectDigit(number, button.ariaPressed === "true" ? -1 : index));
  });
}

/** Show one digit's three best in the place of the number's, or the number again for -1. */
function selectDigit(number, selected) {
  const marked = [...answerPanel().querySelectorAll(".number button")];
  marked.forEach((button, index) => button.setAttribute("aria-pressed", index === selected));
  [...document.querySelector(".number-boxes").children].forEach((box, index) =>
    box.classList.toggle("selected", index === selected),
  );
  const digit = number.digits[selected];
  setLabel(digit ?? number);
  showDigit(digit ?? number.digits[0]);
}

function makeBoxes() {
  const boxes = document.createElement("div");
  boxes.className = "number-boxes";
  boxes.setAttribute("aria-hidden", "true");
  document.body.append(boxes);
  return boxes;
}

function boxOf({ box }) {
  const paper = paperBounds(window.editor);
  const [left, top, right, bottom] = box;
  const element = document.createElement("span");
  Object.assign(element.style, {
    left: `${paper.left + scrollX + left * paper.width}px`,
    top: `${paper.top + scrollY + top * paper.height}px`,
    width: `${(right - left) * paper.width}px`,
    height: `${(bottom - top) * paper.height}px`,
  });
  return element;
}

/** A number's boxes are shares of a part of the paper: make them shares of the paper. */
function placeOnPaper(number, { left, top, width, height }) {
  for (const digit of number?.digits ?? []) {
    const corners = [left, top, left, top];
    const sizes = [width, height, width, height];
    digit.box = digit.box.map((share, at) => (corners[at] + share * sizes[at]) / PAPER_SIDE_PX);
  }
}
