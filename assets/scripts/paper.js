// The paper: what is drawn on Gradio's Sketchpad, read from the editor's own textures and so whatever
// the view, its zoom, the theme or the screen's resolution. Gradio 6 leaves its editor in `window.editor`.

class Paper {
  constructor(editor) {
    this.editor = editor;
    this.full = document.createElement("canvas").getContext("2d");
    this.small = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    this.isReadable = this.#tryToRead();
  }

  /** What was read last: a canvas with black ink. */
  get ink() {
    return this.small.canvas;
  }

  get brush() {
    return this.editor.tools.get("brush");
  }

  /** How many pieces the stroke in progress has; 0 when the pen is up. */
  get strokeLength() {
    return this.brush.is_drawing ? this.brush.brush_textures.current_stroke_segments.length : 0;
  }

  /** Whether only Gradio can read what is there: a photo, or all where a private browser answers with noise. */
  get isForGradio() {
    return !this.isReadable || this.editor.command_manager.contains("AddImage");
  }

  /** Read all ink, the stroke in progress included, as a picture of that side. Return the ink's box, or null. */
  read(side) {
    const { small } = this;
    small.canvas.width = small.canvas.height = side; // this clears it, too
    small.imageSmoothingQuality = "high";
    for (const layer of this.editor.layer_manager.get_layers()) {
      this.#draw(this.editor.layer_manager.get_layer_textures(layer.id).draw);
    }
    if (this.strokeLength && this.brush.state.mode === "draw") {
      this.#draw(this.brush.brush_textures.stroke_texture);
    }
    small.globalCompositeOperation = "source-in"; // ink is ink, whatever its colour
    small.fillRect(0, 0, side, side);
    return this.#inkBox(side);
  }

  /** What was read last, as a Blob. WebP keeps alpha exactly; a browser without it writes PNG. */
  picture() {
    return new Promise((resolve) => this.ink.toBlob(resolve, "image/webp", 0.5));
  }

  #tryToRead() {
    try {
      this.read(8);
      this.small.globalCompositeOperation = "source-over";
      this.small.fillStyle = "rgb(10 20 30)";
      this.small.fillRect(0, 0, 8, 8);
      const { data } = this.small.getImageData(0, 0, 8, 8);
      return data.every((value, at) => value === [10, 20, 30, 255][at % 4]);
    } catch (error) {
      console.warn("the paper cannot be read:", error);
      return false;
    }
  }

  #draw(texture) {
    const { pixels, width, height } = this.editor.app.renderer.extract.pixels(texture);
    const { canvas } = this.full;
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    this.full.putImageData(new ImageData(new Uint8ClampedArray(pixels.buffer), width, height), 0, 0);
    this.small.drawImage(canvas, 0, 0, this.ink.width, this.ink.height);
  }

  #inkBox(side) {
    const { data } = this.small.getImageData(0, 0, side, side);
    let [left, top, right, bottom] = [side, side, -1, -1];
    for (let y = 0, at = 3; y < side; y += 1) {
      for (let x = 0; x < side; x += 1, at += 4) {
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
