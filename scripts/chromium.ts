/** The Chromium that browser tests drive, where there is one. */
import { spawnSync } from "node:child_process";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** The path of a Chromium or Chrome: `$CHROMIUM`, else the first on the path. */
export function findChromium(): string | undefined {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  for (const name of names) {
    const found = spawnSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).stdout.trim();
    if (found) return found;
  }
  return undefined;
}

/** Why browser tests are skipped here; false where they can run. */
export const noChromium = findChromium()
  ? false
  : "no Chromium (sudo apt-get install -y chromium, or set CHROMIUM)";
