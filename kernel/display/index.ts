/** `jacobi/display`: everything for showing values. */
export { exit, type Payload, page, set_next_input } from "./ask.ts";
export { type Bundle, displaySymbol, type MimeBundle } from "./bundle.ts";
export {
  clear_output,
  type DisplayHandle,
  type DisplayOptions,
  display,
  update_display,
} from "./display.ts";
export { HTML, Json, type JsonOptions, Latex, Markdown, Mermaid, SVG } from "./markup.ts";
export { Audio, Image, type ImageOptions, type MediaSource, type SoundOptions, Video } from "./media.ts";
export { toMimeBundle } from "./mime.ts";
export { type Progress, type ProgressOptions, tqdm } from "./progress.ts";
