/** Runs something once the next frame is on the screen: what is there already is seen first. Returns how to call it off. */
export function painted(run: () => void): () => void {
  let after: ReturnType<typeof setTimeout> | undefined;
  const frame = requestAnimationFrame(() => { after = setTimeout(run); });
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(after);
  };
}
