/** `%%time`: how long a cell takes, in processor time of the whole process besides. */
import { performance, process } from "../../originals.ts";
import { durationText } from "./duration.ts";
import type { RunMagic } from "./magic.ts";

/** Runs the cell once; the times are told however it ends, and its value is its value. */
export const time: RunMagic = async ({ run, wait }) => {
  const cpu = process.cpuUsage();
  const start = performance.now();
  try {
    return await wait(run());
  } finally {
    const wall = (performance.now() - start) / 1e3;
    const { user, system } = process.cpuUsage(cpu);
    const [u, s, total] = [user, system, user + system].map((micros) => durationText(micros / 1e6));
    process.stdout.write(
      `CPU times: user ${u}, sys: ${s}, total: ${total}\nWall time: ${durationText(wall)}\n`,
    );
  }
};
