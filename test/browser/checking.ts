/** A second person in the browser's tests: who agrees to what waits, over the socket or in a window of their own. */
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { findHolder } from '../../src/main/doors/socket/index.ts';
import { nextCode, type Person, signIn } from '../support/people.ts';
import { type Console, signInAt } from './console.ts';
import { soon } from './morning.ts';

export interface Checker {
  /** Agrees to the newest request of that title, which then runs or waits for what its maker brings. */
  agree(title: string): Promise<void>;
  close(): void;
}

/** Somebody who has signed in at the socket, and stays. */
export async function checkerAt(
  { dataFolder }: Pick<Console, 'dataFolder'>,
  vaultName: string,
  person: Person,
): Promise<Checker> {
  const home = join(dataFolder, 'countersign');
  const seat = await findHolder(join(home, 'vaults', `${vaultName}.vault`), join(home, 'run'));
  if (seat === null) throw new Error('no engine holds the vault');
  await signIn(seat, await withCode(person));
  const { approvals } = seat.client;
  const find = async (title: string) => {
    const { rows } = await approvals.list({});
    return rows.filter((row) => row.title === title).sort((a, b) => b.askedAtMs - a.askedAtMs)[0];
  };
  return {
    async agree(title) {
      await soon(async () => (await find(title))?.title).toBe(title);
      const { id: requestId } = (await find(title))!;
      const { commandHash } = await approvals.get({ requestId });
      const { state } = await approvals.vote({ requestId, commandHash, decision: 'approve' });
      expect(['approved', 'executed']).toContain(state);
    },
    close: () => seat.close(),
  };
}

/** The same person with one code; waits until their app shows one that was not used. */
export async function withCode(person: Person): Promise<Person> {
  const code = await nextCode(person);
  return { ...person, code: () => code };
}

/** Somebody agrees in a window of their own, by its screens and keys. */
export async function agreeInWindow(page: Page, person: Person, title: string): Promise<void> {
  const opened = page.context().waitForEvent('page');
  await page.evaluate('void window.open(location.origin + location.pathname)');
  const other = await opened;
  await signInAt(other, await withCode(person));
  await other.evaluate('location.hash = "#/approvals"');
  await other.getByRole('grid').getByRole('row').filter({ hasText: title }).first().click();
  await other
    .getByRole('region', { name: 'Request', exact: true })
    .getByRole('heading', { name: title })
    .waitFor();
  await other.keyboard.press('a');
  await other.getByRole('dialog').getByText('Agree to this?').waitFor();
  await other.keyboard.press('Enter');
  await other
    .locator('.bp6-toast')
    .getByText(/brings the rest|It ran with your answer/)
    .waitFor();
  await other.close();
}

const toasts = (page: Page) => page.locator('.bp6-toast');

/** The calm notice of a command that waits: who is needed, no refusal, and the dialog has ended. */
export async function waitsFor(page: Page, who: string): Promise<void> {
  const notice = toasts(page).filter({
    hasText: new RegExp(`Sent to be countersigned: needs 1 of .*${who}`),
  });
  await notice.first().waitFor();
  expect(await notice.first().getAttribute('class')).not.toContain('intent-danger');
  await soon(() => page.getByRole('dialog').count()).toBe(0);
  await expect
    .poll(
      async () => {
        for (const close of await toasts(page).getByRole('button', { name: 'Close' }).all())
          await close.click({ timeout: 300 }).catch(() => undefined);
        return toasts(page).count();
      },
      { timeout: 15_000 },
    )
    .toBe(0);
}

/** Follows the notice that a request is countersigned to the screen that sends the command again. */
export async function bringNow(page: Page): Promise<void> {
  await toasts(page).getByRole('button', { name: 'Bring it now' }).click();
  await page.getByRole('dialog').first().waitFor();
}

/** Brings the newest request of that title from its own page. */
export async function bringFromRequest(page: Page, title: string): Promise<void> {
  await page.evaluate('location.hash = "#/approvals?box=mine"');
  await page.getByRole('grid').getByRole('row').filter({ hasText: title }).first().click();
  const request = page.getByRole('region', { name: 'Request', exact: true });
  await request.getByRole('heading', { name: title }).waitFor();
  await page
    .locator('.cs-deck-decision')
    .getByRole('button', { name: /Bring it now/ })
    .waitFor();
  await page.keyboard.press('b');
  await page.getByRole('dialog').first().waitFor();
}
