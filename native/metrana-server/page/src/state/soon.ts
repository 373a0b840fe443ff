/**
 * Makes a function that does its work soon after it is called, once for all calls in between, never twice at the same time,
 * and at most once in so many milliseconds.
 * @param millis How many; as a function, how many from now on.
 * @param gather How long it waits at least, so that what comes one after the other is one work.
 */
export function soon(millis: number | (() => number), work: () => Promise<void> | void, gather: () => number = () => 0): () => void {
  let isWanted = false;
  let isBusy = false;
  let last = -Infinity;
  const run = async () => {
    isBusy = true;
    while (isWanted) {
      // Also the first time, so that all who call in one go are in the same work.
      const wait = Math.max(gather(), last + (typeof millis === "number" ? millis : millis()) - performance.now());
      await new Promise((done) => setTimeout(done, wait));
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
