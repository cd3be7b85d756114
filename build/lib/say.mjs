/** One line of what is being done, on standard error, so that standard output stays the program's own. */
export function say(text) {
  process.stderr.write(`countersign: ${text}\n`);
}
