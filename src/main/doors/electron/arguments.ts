/** What the app was started with. Chromium's own switches stand among them and are passed over. */
export function readShellArguments(argv: readonly string[]): { demo: boolean; vault: string | undefined } {
  const place = argv.indexOf('--vault');
  const next = place === -1 ? undefined : argv[place + 1];
  const joined = argv.find((argument) => argument.startsWith('--vault='))?.slice('--vault='.length);
  return { demo: argv.includes('--demo'), vault: next ?? joined };
}

/** Switches that open the app to a debugger; a packaged app that is given one does not start. */
const DEBUG_SWITCHES = [
  'remote-debugging-port',
  'remote-debugging-pipe',
  'inspect',
  'inspect-brk',
  'js-flags',
];

export function debugSwitch(hasSwitch: (name: string) => boolean): string | undefined {
  return DEBUG_SWITCHES.find((name) => hasSwitch(name));
}
