// A hosted process for the tests: says what it heard and where, ends or hangs when told to.
import { hostChannel } from '../../src/main/base/index.ts';

const engine = hostChannel();
engine.onMessage((message) => {
  if (message === 'exit') process.exit(7);
  if (message === 'hang') for (;;);
  if (message === 'environment') engine.send(process.env.COUNTERSIGN_PASSPHRASE ?? 'nothing');
  else engine.send({ heard: message, pid: process.pid });
});
