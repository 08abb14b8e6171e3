// Frames of the pad, cheap where no graphics card helps. Gradio's renderer chooses between 16 textures and takes
// 4 samples for every pixel, and draws the whole stroke anew for each of its pieces; in software a frame then
// lasts 50 ms and more, and the answer waits for it.

const ONE_TEXTURE = 1; // a draw: the pad has three sprites

/** Let what asks for WebGL, which is the pad alone, have it without what it does not need. */
function lightenWebGl() {
  const { getContext } = HTMLCanvasElement.prototype;
  HTMLCanvasElement.prototype.getContext = function (type, attributes) {
    if (!type.startsWith("webgl")) return getContext.call(this, type, attributes);
    const context = getContext.call(this, type, { ...attributes, antialias: false });
    const getParameter = context?.getParameter.bind(context);
    if (context) {
      context.getParameter = (name) =>
        name === context.MAX_TEXTURE_IMAGE_UNITS ? ONE_TEXTURE : getParameter(name);
    }
    return context;
  };
}

/** Paint no frame before the last one is done. */
function paintInTurn({ app }) {
  const { gl } = app.renderer;
  if (!gl?.fenceSync) return; // WebGL 1 has none
  let fence = null;
  app.ticker.remove(app.render, app);
  app.ticker.add(() => {
    if (gl.isSync(fence) && gl.getSyncParameter(fence, gl.SYNC_STATUS) !== gl.SIGNALED) return;
    app.render();
    gl.deleteSync(fence);
    fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
  });
}

/** Draw only what a stroke has gained: Gradio draws the whole stroke anew for each of its pieces. */
function growStrokes({ app: { renderer }, tools }) {
  const textures = Object.getPrototypeOf(tools.get("brush").brush_textures);
  const { draw_segment: drawSegment } = textures;
  const { render } = renderer;
  let growing = null; // the texture of a stroke that has begun

  renderer.render = function (what, options) {
    if (!growing || options?.renderTexture !== growing) return render.call(this, what, options);
    return render.call(this, { container: what, target: growing, clear: false });
  };
  textures.draw_segment = function (...piece) {
    if (!this.is_new_stroke) this.stroke_graphics.clear();
    growing = this.is_new_stroke ? null : this.stroke_texture;
    try {
      drawSegment.apply(this, piece);
    } finally {
      growing = null;
    }
  };
}

lightenWebGl();
