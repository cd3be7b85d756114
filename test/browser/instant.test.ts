/** The desk of instant payments: by keyboard from the figures of the dashboard down to the bytes of a message. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findHolder } from '../../src/main/doors/socket/index.ts';
import { createTraffic } from '../../src/main/engine/t0-traffic.ts';
import { signIn } from '../support/people.ts';
import { withCode } from './checking.ts';
import { type Console, createVaultByHand, findingsInBothThemes, openConsole } from './console.ts';
import { PASSPHRASE, soon } from './morning.ts';

const MESSAGES = 120;
const goTo = ({ page }: Console, place: string) => page.evaluate(`location.hash = "#${place}"`);
const grouped = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2 });
const written = (minor: bigint) => grouped.format(Number(minor) / 100);

describe('instant payments', () => {
  const traffic = createTraffic({ seed: 11, nowMs: Date.now(), openItems: 300 });
  let desk: Console;
  let seat: NonNullable<Awaited<ReturnType<typeof findHolder>>>;
  const list = () => desk.page.getByRole('grid', { name: 'Instant payments' });
  const item = () => desk.page.getByRole('region', { name: 'Payment', exact: true });
  const rowsShown = () => list().locator('.cs-rows [role=row]');
  const heading = (name: string) => desk.page.getByRole('heading', { level: 1, name, exact: true }).waitFor();

  async function importFiles(files: readonly { name: string; text: string }[]): Promise<void> {
    await goTo(desk, '/statements/imports');
    const chosen = files.map(({ name, text }) => {
      return { name, mimeType: 'text/plain', buffer: Buffer.from(text) };
    });
    await desk.page.locator('input[type=file]').setInputFiles(chosen);
    await desk.page.getByText(`${files.length} taken in, 0 known already, 0 refused`).first().waitFor();
  }

  beforeAll(async () => {
    desk = await openConsole();
    const { person } = await createVaultByHand(desk, {
      name: 'Feed',
      passphrase: PASSPHRASE,
      as: ['treasury-analyst'],
    });
    await importFiles(traffic.files);
    const home = join(desk.dataFolder, 'countersign');
    seat = (await findHolder(join(home, 'vaults', 'Feed.vault'), join(home, 'run')))!;
    await signIn(seat, await withCode(person));
  });
  afterAll(async () => {
    seat?.close();
    await desk?.close();
  });

  it('says what would be here, and how it comes', async () => {
    await goTo(desk, '/');
    await heading('Dashboard');
    await desk.page.keyboard.press('g');
    await desk.page.keyboard.press('q');
    await heading('Instant payments');
    await desk.page.getByText('No instant payment has come yet.').waitFor();
    await desk.page.getByRole('link', { name: 'Set up a connector' }).waitFor();
  });

  it('shows payments as they come, the newest first, each with what can be done next', async () => {
    await soon(async () => (await seat.client.connectors.live()).waiting.why).not.toBe('index-not-ready');
    await Promise.all(
      Array.from({ length: MESSAGES }, () =>
        seat.client.connectors.submit({ message: new Blob([new Uint8Array(traffic.next().bytes)]) }),
      ),
    );
    await rowsShown().first().waitFor();
    const { rows } = await seat.client.instant.payments({ limit: 5 });
    await soon(() => rowsShown().first().innerText()).toContain(written(rows[0]!.amountMinor));
    await soon(() => item().innerText()).toContain(written(rows[0]!.amountMinor));
    await item()
      .getByText(/there is nothing to do|Decide in the workbench/)
      .first()
      .waitFor();
  });

  it('is walked and filtered with the keyboard', async () => {
    const { page } = desk;
    await list().focus();
    await page.keyboard.press('j');
    await page.waitForURL(/item=\d+/);
    await page.keyboard.press('2');
    await page.waitForURL(/state=waiting/);
    const { rows } = await seat.client.instant.payments({ state: 'waiting', limit: 500 });
    await soon(() => rowsShown().count()).toBe(rows.length);
    // All of them wait, so that none need say so.
    expect(await list().getByRole('columnheader', { name: 'State' }).count()).toBe(0);
    await page.getByLabel('Side').selectOption('debit');
    await page.getByText('No instant payment is so.').waitFor();
    await page.getByRole('button', { name: 'Clear the filters' }).click();
    await rowsShown().first().waitFor();
    await page.keyboard.press('/');
    const wanted = rows[0]!;
    await page.keyboard.type(written(wanted.amountMinor));
    await soon(() => rowsShown().count()).toBe(1);
    expect(await rowsShown().innerText()).toContain(written(wanted.amountMinor));
    await page.keyboard.press('Escape');
    await soon(() => rowsShown().count()).toBeGreaterThan(1);
  });

  it('leads from each figure of the feed to the payments it counts', async () => {
    const { page } = desk;
    await goTo(desk, '/');
    const feed = page.getByRole('region', { name: 'Live feed', exact: true });
    const line = feed.locator('.cs-live-values tbody tr').filter({ hasText: 'SEPA Instant' });
    await line.waitFor();
    const { valueToday } = await seat.client.connectors.live();
    const { amountMinor, matchedMinor } = valueToday.find(({ rail }) => rail === 'sepa-instant')!;
    for (const [sum, at] of [
      [amountMinor, 0],
      [matchedMinor, 1],
    ] as const) {
      await line.getByRole('link').nth(at).click();
      await page.waitForURL(/#\/instant\?.*currency=EUR/);
      // The rows come to what the figure said.
      await soon(() => page.locator('.cs-instant-sums').innerText()).toContain(written(sum));
      await page.goBack();
      await line.waitFor();
    }
    const liquidity = page.getByRole('region', { name: 'Liquidity today', exact: true });
    const transit = liquidity.getByRole('link', { name: /EUR/ }).nth(1);
    await transit.waitFor();
    await transit.click();
    await page.waitForURL(/transit=1/);
    await page.getByRole('button', { name: 'In transit' }).waitFor();
    await rowsShown().first().waitFor();
    await page.getByRole('button', { name: 'In transit' }).click();
    await page.waitForURL((url) => !url.hash.includes('transit'));
  });

  it('shows the hours of the curve as links to their payments', async () => {
    const { page } = desk;
    await goTo(desk, '/');
    const liquidity = page.getByRole('region', { name: 'Liquidity today', exact: true });
    await liquidity.locator('.recharts-surface').waitFor();
    await page.keyboard.press('t');
    const hour = liquidity
      .getByRole('row')
      .filter({ has: page.locator('a[href*="from="]').filter({ hasText: /^[1-9]/ }) })
      .first();
    await hour.waitFor();
    const count = Number(await hour.getByRole('cell').nth(1).innerText());
    await hour.getByRole('link').first().click();
    await page.waitForURL(/#\/instant\?.*from=\d+/);
    await soon(() => rowsShown().count()).toBeGreaterThan(0);
    await soon(() => page.locator('.cs-table-count').innerText()).toContain(`${count} row`);
    await goTo(desk, '/');
    await liquidity.getByRole('table').waitFor();
    await page.keyboard.press('t');
    await liquidity.locator('.recharts-surface').waitFor();
  });

  it('tells the story of a payment: messages, match, entries, and the line that cleared it', async () => {
    const { page } = desk;
    await importFiles(traffic.statements());
    await soon(async () => (await seat.client.instant.counts()).counts.cleared).toBeGreaterThan(0);
    const { rows } = await seat.client.instant.payments({ state: 'cleared', limit: 1 });
    const { id } = rows[0]!;
    await goTo(desk, `/instant?state=cleared&item=${id}`);
    await item().getByText('A line of a statement has confirmed it.').waitFor();
    const tabs = item().getByRole('group', { name: 'Evidence' });
    await tabs.getByRole('button', { name: 'Match' }).click();
    await item()
      .getByText(/^0\.99/)
      .first()
      .waitFor();
    await tabs.getByRole('button', { name: /^Line/ }).click();
    await item().getByText('This line has confirmed it.').waitFor();
    await tabs.getByRole('button', { name: /^Entries/ }).click();
    await item()
      .getByRole('cell', { name: /In-transit|In transit/i })
      .first()
      .waitFor();
    await tabs.getByRole('button', { name: /^History/ }).click();
    await item().getByText('Came by').waitFor();
    await tabs.getByRole('button', { name: /^Messages/ }).click();
    await item().getByText('pacs.008, credit transfer').first().waitFor();
    await list().focus();
    await page.keyboard.press('s');
    await heading(`Message ${await messageOf(id)}`);
    const raw = page.locator('.cs-instant-raw');
    await raw.waitFor();
    expect(await raw.innerText()).toContain(rows[0]!.endToEndId!);
    await page.goBack();
    await item().getByText('A line of a statement has confirmed it.').waitFor();
    await list().focus();
    await page.keyboard.press('l');
    await page.waitForURL(new RegExp(`#/transactions/${rows[0]!.lineId}$`));
    // The page of the payment itself tells the match of the line that took its place.
    await goTo(desk, `/transactions/${id}`);
    await page.getByRole('link', { name: 'Instant payment', exact: true }).waitFor();
    await page
      .getByText(/^0\.99/)
      .first()
      .waitFor();
  });

  const messageOf = async (paymentId: string) =>
    (await seat.client.instant.payment({ paymentId })).messages[0]!.messageNumber;

  it('parts a payment from its line, says that it is the line after all, and takes that back', async () => {
    const { page } = desk;
    const { rows } = await seat.client.instant.payments({ state: 'cleared', limit: 1 });
    const { id: paymentId, lineId } = rows[0]!;
    const lineNow = async () => (await seat.client.instant.payment({ paymentId })).line?.id;
    const dialog = page.getByRole('dialog');
    const notice = (text: string) => page.locator('.bp6-toast').getByText(text);
    await goTo(desk, `/instant?item=${paymentId}`);
    await item().getByText('A line of a statement has confirmed it.').waitFor();
    await list().focus();
    await page.keyboard.press('u');
    await dialog.getByText('Is it not this line?').waitFor();
    await page.keyboard.press('Enter');
    await notice('The payment and the line stand by themselves again.').waitFor();
    await item().getByText('Posted to In-transit.', { exact: false }).waitFor();
    expect(await lineNow()).toBeUndefined();
    // The keys go on where they were: nobody has to click first.
    await page.keyboard.press('c');
    await dialog.getByText('Is it this line?').waitFor();
    await page.keyboard.press('Enter');
    await notice('The line has taken the place of the payment.').waitFor();
    await item().getByText('A line of a statement has confirmed it.').waitFor();
    expect(await lineNow()).toBe(lineId);
    await page.keyboard.press('u');
    await item().getByText('Posted to In-transit.', { exact: false }).waitFor();
    expect(await lineNow()).toBeUndefined();
  });

  it('is right for assistive technology, in both themes', async () => {
    await goTo(desk, '/instant');
    await item().getByText('End-to-end id').waitFor();
    expect(await findingsInBothThemes(desk.page, 'instant payments')).toEqual([]);
    await goTo(desk, '/instant/messages/1');
    await desk.page.locator('.cs-instant-raw').waitFor();
    expect(await findingsInBothThemes(desk.page, 'message')).toEqual([]);
    expect(desk.complaints).toEqual([]);
  });
});
