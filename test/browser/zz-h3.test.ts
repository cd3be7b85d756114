import { mkdirSync } from 'node:fs';
import { beforeAll, afterAll, it, vi } from 'vitest';
import { axeFindings, type Console, openConsole } from './console.ts';
import { EYES_PASSPHRASE, makeEyesVault, signIn, switchTo } from './eyes.ts';
import './morning.ts';
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });
let desk: Console;
const out = '/tmp/h3/shots';
mkdirSync(out, { recursive: true });
beforeAll(async () => {
  desk = await openConsole();
  const t0 = Date.now();
  await makeEyesVault(desk.dataFolder);
  console.log('vault made in', Date.now() - t0);
  await desk.page.reload();
  await desk.page.getByLabel('Passphrase', { exact: true }).fill(EYES_PASSPHRASE);
  await desk.page.keyboard.press('Enter');
  await desk.page.getByRole('heading', { level: 1, name: 'Who is there?' }).waitFor();
});
afterAll(() => desk.close());
const sizes = [[1280, 800, 'light'], [1920, 1080, 'dark'], [1920, 1080, 'light'], [1280, 800, 'dark']] as const;
async function shot(name: string, all = false) {
  for (const [w, h, s] of all ? sizes : sizes.slice(0, 2)) {
    await desk.page.setViewportSize({ width: w, height: h });
    await desk.page.emulateMedia({ colorScheme: s });
    await desk.page.waitForTimeout(400);
    await desk.page.screenshot({ path: `${out}/${name}-${w}-${s}.png` });
    const found = await axeFindings(desk.page, s === 'dark');
    if (found.length) console.log(name, w, s, found);
  }
  await desk.page.setViewportSize({ width: 1280, height: 800 });
  await desk.page.emulateMedia({ colorScheme: 'light' });
}
const go = async (h: string) => { await desk.page.evaluate(`location.hash = ${JSON.stringify('#' + h)}`); await desk.page.waitForTimeout(900); };
it('scratch', async () => {
  const page = desk.page;
  const { readFileSync } = await import('node:fs');
  const { MT940 } = await import('./morning.ts');
  await signIn(page, 'Cleo Maas');
  await go('/statements/imports');
  const text = readFileSync(MT940, 'utf8').replace(/(:62F:C\d{6}EUR)\d/, '$19');
  await page.locator('input[type=file]').first().setInputFiles({ name: 'late.sta', mimeType: 'text/plain', buffer: Buffer.from(text) });
  await page.waitForTimeout(4000);
  await shot('upload');
  await go('/approvals?box=all'); await shot('all');
  await go('/approvals?box=mine'); await shot('mine');
  await page.keyboard.press('?'); await page.waitForTimeout(300); await shot('keysoverlay'); await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Cleo Maas' }).click();
  await page.getByText('Tiếng Việt').click();
  await page.waitForTimeout(500); await page.keyboard.press('Escape');
  await go('/approvals?box=mine'); await page.keyboard.press('t'); await shot('vi-inbox');
  await go('/policies?policy=wire-transfer'); await shot('vi-pol');
  await go('/policies/simulator'); await shot('vi-sim');
  await go('/approvals/delegations'); await shot('vi-lent');
  console.log('complaints', desk.complaints);
});
