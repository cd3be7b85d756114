import { expect, test } from 'vitest';
import { forkHost } from '../../src/main/doors/shared/fork-host.ts';
import { drillHsm } from '../../src/main/engine/hsm-drill.ts';

test('killed again and again under load, every request is answered once', async () => {
  const { asked, answered, doubled, lost, kills } = await drillHsm({
    spawnHost: forkHost,
    seconds: 4,
    inFlight: 64,
    killEveryMs: 700,
  });
  expect(kills).toBeGreaterThan(0);
  expect(asked).toBeGreaterThan(64);
  expect({ answered, doubled, lost }).toEqual({ answered: asked, doubled: 0, lost: 0 });
});
