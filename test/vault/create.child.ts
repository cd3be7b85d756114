import { systemRuntime as runtime } from '../../src/main/base/index.ts';
import { createVault, readMigrations } from '../../src/main/vault/index.ts';

/**
 * Creates the vault named by the first argument and kills itself, as kill -9 does, at the step the
 * second one names.
 */
const [directory, step] = process.argv.slice(2);
const die = () => process.kill(process.pid, 'SIGKILL');

let drawn = 0;
const dying = {
  ...runtime,
  randomBytes(length: number) {
    drawn += 1;
    if (step === `random-${drawn}`) die();
    return runtime.randomBytes(length);
  },
  nowMs() {
    if (step === 'database') die();
    return runtime.nowMs();
  },
};
if (readMigrations().length === 0) throw new Error('no migration');
await createVault({
  directory: directory!,
  passphrase: 'correct horse battery',
  runtime: dying,
  checkpoints: 'commit',
});
if (step === 'created') die();
