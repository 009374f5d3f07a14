/** `npm run orphans -- [COUNT]`: starts kernels, kills their parent within 500 ms, and says how many are still there 2 s later. */
import { orphan } from "../kernel/test-orphans.ts";

const MOST = 2000;
const AT_ONCE = 2;

const count = Number(process.argv[2] ?? 100);
if (!Number.isInteger(count) || count < 1) {
  console.error(`orphans: ${process.argv[2]} was given: a number of kernels was expected, such as 100`);
  process.exit(2);
}
const times: (number | null)[] = [];
const delays = Array.from({ length: count }, (_, i) => Math.round((500 * i) / Math.max(count - 1, 1)));
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    for (let delay = delays.pop(); delay !== undefined; delay = delays.pop()) {
      const time = await orphan(delay, MOST);
      if (time === null) console.log(`parent killed after ${delay} ms: the kernel was still there`);
      times.push(time);
    }
  }),
);
const gone = times.filter((time) => time !== null).sort((a, b) => a - b);
console.log(
  `${gone.length} of ${count} kernels were gone within ${MOST} ms of their parent: ` +
    `median ${gone[gone.length >> 1]} ms, longest ${gone.at(-1)} ms`,
);
process.exitCode = gone.length === count ? 0 : 1;
