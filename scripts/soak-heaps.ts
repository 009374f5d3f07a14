/** A cell that prints how much of each thread's heap is in use, as the inspector says after it has collected garbage. */
export const heapsCell = `// @ts-nocheck
const { Session: HeapSession } = await import("node:inspector");
{
  const session = new HeapSession();
  session.connect();
  const post = (method, params) =>
    new Promise((resolve, reject) => session.post(method, params, (error, reply) => (error ? reject(error) : resolve(reply))));
  const workers = new Map();
  const answers = new Map();
  session.on("NodeWorker.attachedToWorker", ({ params }) => workers.set(params.sessionId, params.workerInfo.url));
  session.on("NodeWorker.receivedMessageFromWorker", ({ params }) => {
    const { id, result } = JSON.parse(params.message);
    answers.get(params.sessionId + id)?.(result);
  });
  await post("NodeWorker.enable", { waitForDebuggerOnStart: false });
  await new Promise((resolve) => setTimeout(resolve, 100));
  const measure = async (ask) => {
    await ask("HeapProfiler.collectGarbage");
    await ask("HeapProfiler.collectGarbage");
    return (await ask("Runtime.getHeapUsage")).usedSize;
  };
  const used = {};
  for (const [sessionId, url] of workers) {
    let last = 0;
    const ask = (method) =>
      new Promise((resolve) => {
        const id = ++last;
        answers.set(sessionId + id, resolve);
        void post("NodeWorker.sendMessageToWorker", { sessionId, message: JSON.stringify({ id, method }) });
      });
    used[url.includes("compiler") ? "compiler" : "kernel"] = await measure(ask);
  }
  used.main = await measure(post);
  session.disconnect();
  process.stdout.write(JSON.stringify(used));
}`;
