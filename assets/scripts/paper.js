// The paper: what is drawn on Gradio's Sketchpad, read from the editor's own textures and so whatever
// the view, its zoom, the theme or the screen's resolution. Gradio 6 leaves its editor in `window.editor`.

const SENT_SIDE_PX = 280; // ten times the model's picture, enough for six digits: 2 kB a drawing

class Paper {
  constructor(editor) {
    this.editor = editor;
    this.full = document.createElement("canvas").getContext("2d");
    this.small = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    this.small.canvas.width = this.small.canvas.height = SENT_SIDE_PX;
    this.small.imageSmoothingQuality = "high";
  }

  get brush() {
    return this.editor.tools.get("brush");
  }

  /** How many pieces the stroke in progress has; 0 when the pen is up. */
  get strokeLength() {
    return this.brush.is_drawing ? this.brush.brush_textures.current_stroke_segments.length : 0;
  }

  get hasPhoto() {
    return this.editor.command_manager.contains("AddImage");
  }

  /** Read all ink, the stroke in progress included. Return its box in shares of the side, or null. */
  read() {
    const { small } = this;
    small.globalCompositeOperation = "source-over";
    small.clearRect(0, 0, SENT_SIDE_PX, SENT_SIDE_PX);
    for (const layer of this.editor.layer_manager.get_layers()) {
      this.#draw(this.editor.layer_manager.get_layer_textures(layer.id).draw);
    }
    if (this.strokeLength && this.brush.state.mode === "draw") {
      this.#draw(this.brush.brush_textures.stroke_texture);
    }
    small.globalCompositeOperation = "source-in"; // ink is ink, whatever its colour
    small.fillRect(0, 0, SENT_SIDE_PX, SENT_SIDE_PX);
    return this.#inkBox();
  }

  /** What was read last, as a data URI. WebP keeps alpha exactly; a browser without it writes PNG. */
  get uri() {
    return this.small.canvas.toDataURL("image/webp", 0.5);
  }

  #draw(texture) {
    const { pixels, width, height } = this.editor.app.renderer.extract.pixels(texture);
    const { canvas } = this.full;
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    this.full.putImageData(new ImageData(new Uint8ClampedArray(pixels.buffer), width, height), 0, 0);
    this.small.drawImage(canvas, 0, 0, SENT_SIDE_PX, SENT_SIDE_PX);
  }

  #inkBox() {
    const { data } = this.small.getImageData(0, 0, SENT_SIDE_PX, SENT_SIDE_PX);
    let [left, top, right, bottom] = [SENT_SIDE_PX, SENT_SIDE_PX, -1, -1];
    for (let y = 0, at = 3; y < SENT_SIDE_PX; y += 1) {
      for (let x = 0; x < SENT_SIDE_PX; x += 1, at += 4) {
        if (!data[at]) continue;
        left = Math.min(left, x);
        right = Math.max(right, x);
        top = Math.min(top, y);
        bottom = y;
      }
    }
    if (right < 0) return null;
    return { left, top, width: right - left + 1, height: bottom - top + 1 };
  }
}
