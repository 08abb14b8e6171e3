// The paper: what is drawn on Gradio's Sketchpad, whatever the view, its zoom, the theme or the screen's
// resolution. Strokes are drawn along from the brush's own points, for to read the editor's textures takes
// 50 ms and more in software; they are read where anything else has changed: undo, redo, Clear.
// Gradio 6 leaves its editor in `window.editor`.

const PAPER_SIDE_PX = 280; // ten times the model's picture, enough for six digits: 1.5 kB a drawing
const CLOSE_UP_SIDE_PX = 80; // four times the model's box: 0.7 kB
const HALF_COVERED = 128; // of a pixel's alpha
const BLACK = 0xff000000;

class Paper {
  constructor(editor) {
    this.editor = editor;
    this.full = document.createElement("canvas").getContext("2d");
    this.inked = context2d(PAPER_SIDE_PX); // all strokes but the one in progress
    this.small = context2d(PAPER_SIDE_PX);
    this.close = context2d(CLOSE_UP_SIDE_PX);
    this.isStale = true; // `inked` is not what is on the paper
    this.isDrawnAlong = false; // the change that comes is a stroke that `inked` has
    this.isReadable = this.#tryToRead();
    this.#drawAlong();
    editor.on("change", () => this.#changed());
  }

  /** What was read last: a canvas with black ink. */
  get ink() {
    return this.small.canvas;
  }

  get brush() {
    return this.editor.tools.get("brush");
  }

  /** The pieces of the stroke in progress; none when the pen is up. */
  get stroke() {
    return this.brush.is_drawing ? this.brush.brush_textures.current_stroke_segments : [];
  }

  /** Whether only Gradio can read what is there: a photo, or all where a private browser answers with noise. */
  get isForGradio() {
    return !this.isReadable || this.editor.command_manager.contains("AddImage");
  }

  /** Read all ink, the stroke in progress included. Return the ink's box, or null. */
  read() {
    const { small } = this;
    if (this.isStale) this.#readTextures();
    small.globalCompositeOperation = "copy";
    small.drawImage(this.inked.canvas, 0, 0);
    small.globalCompositeOperation = "source-over";
    this.#draw(small, this.stroke);
    return blacken(small);
  }

  /** What was read last, as a data URI. */
  get picture() {
    return dataUri(this.ink);
  }

  /** The part of it in a box, made smaller where its longest side is more than CLOSE_UP_SIDE_PX. */
  closeUp({ left, top, width, height }) {
    const scale = Math.min(1, CLOSE_UP_SIDE_PX / Math.max(width, height));
    const { canvas } = this.close;
    canvas.width = Math.ceil(width * scale);
    canvas.height = Math.ceil(height * scale);
    this.close.drawImage(this.ink, left, top, width, height, 0, 0, canvas.width, canvas.height);
    blacken(this.close);
    return dataUri(canvas);
  }

  #tryToRead() {
    try {
      this.read();
      this.close.fillStyle = "rgb(10 20 30)";
      this.close.fillRect(0, 0, 8, 8);
      const { data } = this.close.getImageData(0, 0, 8, 8);
      return data.every((value, at) => value === [10, 20, 30, 255][at % 4]);
    } catch (error) {
      console.warn("the paper cannot be read:", error);
      return false;
    }
  }

  /** Draw each stroke that the editor draws. */
  #drawAlong() {
    const paper = this;
    const textures = Object.getPrototypeOf(this.brush.brush_textures);
    const { commit_stroke: commitStroke } = textures;
    textures.commit_stroke = function () {
      const pieces = this.current_stroke_segments;
      commitStroke.call(this);
      paper.isDrawnAlong = !paper.isStale && pieces !== this.current_stroke_segments; // it may have refused
      if (paper.isDrawnAlong) paper.#draw(paper.inked, pieces);
    };
  }

  #changed() {
    if (!this.isDrawnAlong) this.isStale = true;
    this.isDrawnAlong = false;
  }

  /** Draw or erase as Gradio's brush does, which stamps circles along each piece. */
  #draw(context, pieces) {
    context.save();
    context.scale(context.canvas.width / this.editor.width, context.canvas.height / this.editor.height);
    context.lineCap = "round";
    for (const { from_x, from_y, to_x, to_y, size, mode } of pieces) {
      context.globalCompositeOperation = mode === "draw" ? "source-over" : "destination-out";
      context.lineWidth = 2 * size;
      context.beginPath();
      context.moveTo(from_x, from_y);
      context.lineTo(to_x, to_y);
      context.stroke();
    }
    context.restore();
  }

  #readTextures() {
    this.inked.clearRect(0, 0, PAPER_SIDE_PX, PAPER_SIDE_PX);
    for (const layer of this.editor.layer_manager.get_layers()) {
      this.#drawTexture(this.editor.layer_manager.get_layer_textures(layer.id).draw);
    }
    this.isStale = false;
  }

  #drawTexture(texture) {
    const { pixels, width, height } = this.editor.app.renderer.extract.pixels(texture);
    Object.assign(this.full.canvas, { width, height });
    this.full.putImageData(new ImageData(new Uint8ClampedArray(pixels.buffer), width, height), 0, 0);
    this.inked.drawImage(this.full.canvas, 0, 0, PAPER_SIDE_PX, PAPER_SIDE_PX);
  }
}

/** A square canvas that is read often. */
function context2d(side) {
  const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  context.canvas.width = context.canvas.height = side;
  context.imageSmoothingQuality = "high";
  return context;
}

/** Make ink black and all else transparent, whatever its colour; half the bytes. Return the ink's box, or null. */
function blacken(context) {
  const { width, height } = context.canvas;
  const image = context.getImageData(0, 0, width, height);
  const pixels = new Uint32Array(image.data.buffer); // alpha is the highest byte
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0, at = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, at += 1) {
      if (pixels[at] >>> 24 < HALF_COVERED) {
        pixels[at] = 0;
        continue;
      }
      pixels[at] = BLACK;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = y;
    }
  }
  context.putImageData(image, 0, 0);
  return right < 0 ? null : { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/** WebP without loss; a browser that has none writes PNG. At once, where toBlob waits for an idle moment. */
function dataUri(canvas) {
  return canvas.toDataURL("image/webp", 1);
}
