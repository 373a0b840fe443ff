/**
 * Makes a function that does its work soon after it is called, once for all calls in between, never twice at the same time,
 * and at most once in so many milliseconds.
 */
export function soon(millis: number, work: () => Promise<void> | void): () => void {
  let isWanted = false;
  let isBusy = false;
  let last = -Infinity;
  const run = async () => {
    isBusy = true;
    while (isWanted) {
      const wait = last + millis - performance.now();
      if (wait > 0) await new Promise((done) => setTimeout(done, wait));
      isWanted = false;
      last = performance.now();
      await work();
    }
    isBusy = false;
  };
  return () => {
    isWanted = true;
    if (!isBusy) void run();
  };
}
