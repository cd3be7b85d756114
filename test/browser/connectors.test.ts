/** The connectors by hand: each kind is set up, stopped and started, gives keys once, and goes; dead letters are taken after a fix. */
import { createHmac, randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTraffic } from '../../src/main/engine/t0-traffic.ts';
import { startNats, type TestNats } from '../connectors/nats-server.ts';
import { type Console, createVaultByHand, findingsInBothThemes, openConsole } from './console.ts';
import { PASSPHRASE, soon } from './morning.ts';

const goTo = ({ page }: Console, place: string) => page.evaluate(`location.hash = "#${place}"`);

/** A request as a caller signs it. */
async function post(address: string, key: { id: string; secret: string }, body: Buffer): Promise<number> {
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const nonce = randomBytes(16).toString('hex');
  const mac = createHmac('sha256', key.secret);
  mac.update(`countersign-1\nPOST\n/messages\n${timestamp}\n${nonce}\n\n`).update(body);
  const headers = {
    'countersign-key': key.id,
    'countersign-timestamp': timestamp,
    'countersign-nonce': nonce,
    'countersign-signature': mac.digest('hex'),
  };
  return (await fetch(address, { method: 'POST', body: new Uint8Array(body), headers })).status;
}

describe('the connectors', () => {
  const traffic = createTraffic({ seed: 3, nowMs: Date.now(), openItems: 60, plain: true });
  const opening = traffic.files.filter(({ name }) => !name.endsWith('.csv'));
  let desk: Console;
  let nats: TestNats;
  let folder: string;

  const dialog = () => desk.page.getByRole('dialog');
  const button = (name: string | RegExp) => desk.page.getByRole('button', { name, exact: true });
  const grid = () => desk.page.getByRole('grid', { name: 'Connectors' });
  const row = (name: string) => grid().getByRole('row').filter({ hasText: name });
  const state = (name: string) => row(name).getByRole('gridcell').nth(2).innerText();
  const taken = async (name: string) => Number(await row(name).getByRole('gridcell').nth(4).innerText());

  async function importFiles(files: readonly { name: string; text: string }[]): Promise<void> {
    await goTo(desk, '/statements/imports');
    const chosen = files.map(({ name, text }) => {
      return { name, mimeType: 'text/plain', buffer: Buffer.from(text) };
    });
    await desk.page.locator('input[type=file]').setInputFiles(chosen);
    await desk.page.getByText(`${files.length} taken in, 0 known already, 0 refused`).first().waitFor();
  }

  /** Opens the dialog with its key, fills it in, and sends it. */
  async function add(kind: string, fields: Readonly<Record<string, string>>): Promise<void> {
    await goTo(desk, '/connectors');
    await desk.page.getByText('Single messages come by these.').waitFor();
    await desk.page.keyboard.press('a');
    await dialog().getByRole('heading', { name: 'Add a connector' }).waitFor();
    await dialog().getByLabel('Kind').selectOption({ label: kind });
    for (const [label, value] of Object.entries(fields))
      await dialog().getByLabel(label, { exact: true }).fill(value);
    await dialog().getByRole('button', { name: 'Add', exact: true }).click();
    await dialog().waitFor({ state: 'detached' });
    await row(fields.Name!).waitFor();
  }

  beforeAll(async () => {
    desk = await openConsole();
    await createVaultByHand(desk, { name: 'Hub', passphrase: PASSPHRASE, as: ['settlement-officer'] });
    await importFiles(traffic.files.filter(({ name }) => name.endsWith('.csv')));
    folder = join(desk.dataFolder, 'inbox');
    mkdirSync(folder);
    mkdirSync(join(desk.dataFolder, 'nats'));
    nats = await startNats(join(desk.dataFolder, 'nats'));
  });
  afterAll(async () => {
    await nats?.stop();
    await desk?.close();
  });

  it('say what they are for while none is set up', async () => {
    await goTo(desk, '/connectors');
    await desk.page.getByText('No connector is set up.').waitFor();
    expect(await findingsInBothThemes(desk.page, 'no connectors')).toEqual([]);
  });

  it('are refused where they could not be started, and nothing is set up', async () => {
    const { page } = desk;
    await page.keyboard.press('a');
    await dialog().getByLabel('Name').fill('Nowhere');
    await dialog().getByLabel('Folder').fill(join(desk.dataFolder, 'not-there'));
    await dialog().getByRole('button', { name: 'Add', exact: true }).click();
    await dialog().getByText('CONNECTOR_FOLDER_UNFIT').waitFor();
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
    await page.getByText('No connector is set up.').waitFor();
  });

  it('keep what they cannot take, and take it once what was wrong is mended', async () => {
    const { page } = desk;
    await add('Watched folder', { Name: 'Inbox', Folder: folder });
    await soon(() => state('Inbox')).toContain('Running');
    const message = traffic.next().bytes;
    writeFileSync(join(folder, 'one.tmp'), message);
    renameSync(join(folder, 'one.tmp'), join(folder, 'one.msg'));
    // No statement has named the account yet.
    await soon(() => row('Inbox').getByRole('link').innerText()).toBe('1');
    expect(readdirSync(join(folder, 'failed'))).toEqual(['one.msg']);
    await page.getByRole('button', { name: /^Dead letters ?1$/ }).waitFor();
    await row('Inbox').getByRole('link').click();
    const letters = page.getByRole('grid', { name: 'Dead letters' });
    await letters.getByText('The payment is on no account that a statement has named as ours.').waitFor();
    expect(await findingsInBothThemes(page, 'dead letters')).toEqual([]);
    await letters.focus();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await dialog().getByRole('heading', { name: 'Dead letter 1' }).waitFor();
    await dialog().getByRole('button', { name: 'Show the bytes' }).click();
    await dialog()
      .getByText(/pacs\.008|FIToFICstmrCdtTrf/)
      .first()
      .waitFor();
    // Tried too early it is refused again, and counted.
    await dialog().getByRole('button', { name: 'Try again' }).click();
    await dialog().getByText('tried again').waitFor();
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
    await importFiles(opening);
    await goTo(desk, '/connectors?view=dead-letters');
    await letters.getByRole('row').filter({ hasText: 'Inbox' }).click();
    await dialog().getByRole('button', { name: 'Try again' }).click();
    await page.getByText('Taken in as message 1.').waitFor();
    await dialog().getByText('Taken in', { exact: true }).waitFor();
    await dialog().getByRole('link', { name: '1', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'Message 1', exact: true }).waitFor();
    await goTo(desk, '/connectors?view=dead-letters');
    await page.getByText('No message lies here.').waitFor();
  });

  it('give a caller its key once, and turn it away the moment that is revoked', async () => {
    const { page } = desk;
    await add('Local endpoint', { Name: 'Hub', Port: '0' });
    await soon(() => state('Hub')).toContain('Running');
    await row('Hub').getByRole('gridcell').first().click();
    const details = page.getByRole('region', { name: 'Hub', exact: true });
    const address = await details.getByText(/^http:/).innerText();
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/messages$/);
    await page.keyboard.press('y');
    await dialog().getByText('No caller has a key yet.').waitFor();
    await dialog().getByLabel('Caller').fill('payments hub');
    await dialog().getByRole('button', { name: 'Make a key' }).click();
    await dialog().getByText('The secret is shown this once.').waitFor();
    const [id, secret] = await dialog().locator('.cs-connector-secret').allInnerTexts();
    const key = { id: id!.trim(), secret: secret!.trim() };
    expect(await post(address, key, traffic.next().bytes)).toBe(200);
    await dialog().getByRole('button', { name: 'Close', exact: true }).last().click();
    await dialog().waitFor({ state: 'detached' });
    await page.keyboard.press('y');
    await dialog().getByText('payments hub').waitFor();
    expect(await page.content()).not.toContain(key.secret);
    await dialog().getByRole('button', { name: 'Revoke', exact: true }).click();
    expect(await post(address, key, traffic.next().bytes)).toBe(200);
    await dialog().getByRole('button', { name: 'Revoke for good' }).click();
    await dialog().getByText('revoked', { exact: true }).waitFor();
    expect(await post(address, key, traffic.next().bytes)).toBe(401);
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
  });

  it('wait for a server that is not there, and take from one that is', async () => {
    const { page } = desk;
    const stream = { Stream: 'PAYMENTS', 'Durable name': 'desk' };
    await add('NATS JetStream', { Name: 'Nobody', Servers: 'nats://127.0.0.1:1', ...stream });
    await soon(() => state('Nobody')).toContain('Waiting');
    expect(await row('Nobody').innerText()).not.toContain('CONNECTOR_');
    await add('NATS JetStream', { Name: 'Rails', Servers: nats.url, ...stream });
    await soon(() => state('Rails')).toContain('Running');
    await nats.publish([traffic.next().bytes]);
    await soon(() => taken('Rails')).toBe(1);
    // Stopped it takes nothing; started again it takes what came meanwhile.
    await row('Rails').getByRole('gridcell').first().click();
    await page.keyboard.press('s');
    await soon(() => state('Rails')).toContain('Stopped');
    await nats.publish([traffic.next().bytes]);
    await row('Rails').getByRole('button', { name: 'Start', exact: true }).click();
    await soon(() => state('Rails')).toContain('Running');
    await soon(async () => await nats.pending('PAYMENTS', 'desk')).toBe(0);
    expect(await findingsInBothThemes(page, 'connectors')).toEqual([]);
  });

  it('are changed, and removed for a stated reason', async () => {
    const { page } = desk;
    await row('Nobody').getByRole('button', { name: 'Change…' }).click();
    await dialog().getByLabel('Name', { exact: true }).fill('Elsewhere');
    await dialog().getByRole('button', { name: 'Save' }).click();
    await dialog().waitFor({ state: 'detached' });
    await row('Elsewhere').waitFor();
    await row('Elsewhere').getByRole('gridcell').first().click();
    await page.keyboard.press('d');
    await dialog().getByRole('heading', { name: 'Remove Elsewhere' }).waitFor();
    expect(await dialog().getByRole('button', { name: 'Remove…' }).isDisabled()).toBe(true);
    await dialog().getByLabel('Because').fill('There is no such server.');
    await dialog().getByRole('button', { name: 'Remove…' }).click();
    await dialog().waitFor({ state: 'detached' });
    await soon(() => row('Elsewhere').count()).toBe(0);
    await soon(() => grid().locator('.cs-rows [role=row]').count()).toBe(3);
    await button('Add').waitFor();
    expect(desk.complaints).toEqual([]);
  });
});
