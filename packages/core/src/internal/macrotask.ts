/**
 * Lets timers, abort signals and input/output have a turn, which awaiting resolved promises never does.
 */
export function macrotask(): Promise<void> {
  return new Promise((resolve) => {
    const host: { setImmediate?: (callback: () => void) => unknown } = globalThis;
    if (typeof host.setImmediate === "function") {
      host.setImmediate(resolve);
      return;
    }
    // Timers are clamped to 4 ms in browsers; a message is not.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
