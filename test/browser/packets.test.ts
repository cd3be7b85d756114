import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import jsQR from 'jsqr';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngineHost } from '../../src/main/engine/index.ts';
import { fromBase32, hotp, stepAt } from '../../src/main/operators/totp.ts';
import { createFrameReader, framesOf } from '../../src/renderer/src/packets/frames.ts';
import { openWorkstation, refusalOf, type Workstation } from '../approvals/packets-support.ts';
import { type Console, findingsInBothThemes, openConsole } from './console.ts';
import { writeFilm } from './y4m.ts';

const VAULT = 'gravel Orchid 7 window Tuba lantern';
const PASSPHRASE = 'violet anchors drift past seven lanterns';
const SECRETS = ['GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJR'] as const;

/** The workstation at which the request is made; the browser is the other one. */
let first: Workstation;
let desk: Console;
let requestId: string;
let film: string;
let frameCount = 0;

const page = () => desk.page;
const button = (name: string | RegExp) => page().getByRole('button', { name, exact: true });
const heading = (name: string) => page().getByRole('heading', { level: 1, name }).waitFor();
const dialog = () => page().getByRole('dialog');
/** Codes are taken once: naming, the card and the page have one each. */
const codeOf = (who: number, ahead: number) => hotp(fromBase32(SECRETS[who]!)!, stepAt(Date.now()) + ahead);

/** A request at the first workstation, as a film of its codes. */
async function askAndFilm(): Promise<void> {
  await first.hire('Cleo Maas', ['treasury-analyst']);
  const cleo = await first.signIn('Cleo Maas');
  const account = (code: string) =>
    cleo.ledger.createAccount({ code, name: `Account ${code}`, kind: 'asset', currency: 'EUR' });
  const postings = [
    { accountId: (await account('9001')).id, amountMinor: 3_100_000n, currency: 'EUR' },
    { accountId: (await account('9002')).id, amountMinor: -3_100_000n, currency: 'EUR' },
  ];
  const id = '01890000-0000-7000-8000-000000000001';
  const entry = { id, effectiveDate: '2026-03-01', memo: 'Fees of February', postings };
  requestId = (await refusalOf(cleo.ledger.post({ entries: [entry] }))).data.requestId;
  const frames = await framesOf((await cleo.approvals.exportPacket({ requestId })).text);
  frameCount = frames.length;
  // Others’ codes come into sight too, and the order is not that of the packet.
  const others = await framesOf(JSON.stringify(Array.from({ length: 4_000 }, (_, at) => at * 7919)));
  writeFilm(film, [...frames.toReversed(), others[0]!]);
}

/** The vault at which the request is answered, with Bo’s card carried to the first and enrolled there for a checker. */
async function prepare(dataFolder: string): Promise<void> {
  const place = join(dataFolder, 'countersign', 'vaults');
  const host = createEngineHost({ dataFolder: place, version: 'test' });
  const context = host.contextFor('loopback');
  const client = createRouterClient(host.router, { context: () => context });
  await client.vault.create({ name: 'answers', passphrase: VAULT });
  await client.operators.nameOfficers({
    officers: ['Ada Weiss', 'Bo Lind'].map((name, who) => ({
      name,
      passphrase: PASSPHRASE,
      secondFactor: { secret: SECRETS[who]!, code: codeOf(who, -1) },
    })),
  });
  await client.session.signIn({ name: 'Bo Lind', passphrase: PASSPHRASE, code: codeOf(1, 0) });
  const card = await client.approvals.card();
  await host.close();
  await first.enrol(await first.hire('Dov Perl', ['treasury-approver']), card.text);
}

/** Remembers every track that the page was given. */
const KEEP_TRACKS = `{
  window.tracks = [];
  const given = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wish) => {
    window.wish = wish;
    const stream = await given(wish);
    window.tracks.push(...stream.getTracks());
    return stream;
  };
}`;
const tracks = () =>
  page().evaluate('window.tracks.map(({ kind, readyState }) => kind + " " + readyState)') as Promise<
    string[]
  >;

/** The modules of the code on the screen, read off the picture that is drawn of it. */
const SHOWN_CODE = `(() => {
  const svg = document.querySelector('.cs-qr-code svg');
  const runs = [...svg.querySelector('path').getAttribute('d').matchAll(/M(\\d+) (\\d+)h(\\d+)/g)];
  return { side: svg.viewBox.baseVal.width, runs: runs.map(([, x, y, length]) => [+x, +y, +length]) };
})()`;

async function readShownCode(): Promise<string> {
  const { side, runs } = (await page().evaluate(SHOWN_CODE)) as { side: number; runs: number[][] };
  const scale = 4;
  const width = side * scale;
  const pixels = new Uint8ClampedArray(width * width * 4).fill(255);
  for (const [x = 0, y = 0, length = 0] of runs) {
    for (let row = y * scale; row < (y + 1) * scale; row += 1) {
      pixels.fill(0, (row * width + x * scale) * 4, (row * width + (x + length) * scale) * 4);
    }
  }
  for (let at = 3; at < pixels.length; at += 4) pixels[at] = 255;
  const read = jsQR(pixels, width, width, { inversionAttempts: 'dontInvert' });
  return read?.data ?? '';
}

const findings = (name?: string) => findingsInBothThemes(page(), name);

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-film-'));
  film = join(folder, 'codes.y4m');
  first = await openWorkstation(Date.now());
  await askAndFilm();
  desk = await openConsole({
    prepare,
    flags: [
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      `--use-file-for-fake-video-capture=${film}`,
    ],
  });
  await page().evaluate(KEEP_TRACKS);
  await page().getByLabel('Passphrase', { exact: true }).fill(VAULT);
  await button('Open').click();
  await heading('Who is there?');
  await page().getByLabel('Name').fill('Bo Lind');
  await page().getByLabel('Your passphrase').fill(PASSPHRASE);
  await page().getByLabel('Code of your app').fill(codeOf(1, 1));
  await button('Sign in').click();
  await heading('Dashboard');
}, 180_000);
afterAll(async () => {
  await desk.close();
  await first.close();
  rmSync(dirname(film), { recursive: true, force: true });
});

describe('a packet before the camera of another workstation', () => {
  let answer = '';

  it('is not looked for until somebody asks', async () => {
    await page().evaluate('location.hash = "#/approvals/packet"');
    await heading('Answer a packet from another workstation');
    expect(await tracks()).toEqual([]);
    expect(await findings()).toEqual([]);
  });

  it('is read from its codes, and the camera stops', async () => {
    await button('Read codes with the camera').click();
    await dialog()
      .getByText(/of \d+ codes/)
      .waitFor();
    expect(await page().evaluate('window.wish.audio')).toBe(false);
    expect(await tracks()).toEqual(['video live']);
    expect(await findings()).toEqual([]);
    await page().getByText('What would run there').waitFor({ timeout: 60_000 });
    await dialog().waitFor({ state: 'detached' });
    expect(await tracks()).toEqual(['video ended']);
    const raw = await page().locator('.cs-packet-raw').innerText();
    expect(raw).toContain('"procedure":"ledger.post"');
    expect(raw).toBe((await (await first.signIn('Cleo Maas')).approvals.get({ requestId })).raw);
    expect(await page().getByText('Cleo Maas').count()).toBeGreaterThan(0);
    expect(await findings()).toEqual([]);
  }, 120_000);

  it('is not answered before an unknown key was compared', async () => {
    expect(await button('Agree and sign').isDisabled()).toBe(true);
    await page().getByText('We compared them, and they are the same').click();
    await button('Agree and sign').click();
    await page().getByText('You agreed').waitFor();
    await button('Pause').click();
    expect(await findings()).toEqual([]);
  });

  it('has its answer shown as codes, which are read and taken in where the request was made', async () => {
    const reader = createFrameReader();
    const [, total] = /of (\d+)/.exec(await page().locator('.cs-qr-count').innerText())!;
    expect(Number(total)).toBeLessThan(frameCount);
    for (let at = 0; at < Number(total); at += 1) {
      await reader.add(await readShownCode());
      await button('Next').click();
    }
    answer = reader.text() ?? '';
    const cleo = await first.signIn('Cleo Maas');
    const done = await cleo.approvals.takeAnswer({ text: answer });
    expect(done).toMatchObject({ state: 'executed', failure: null });
    expect(done.votes).toMatchObject([{ operatorName: 'Dov Perl', way: 'packet', counts: true }]);
  }, 60_000);

  it('lets go of the camera when the dialog is closed by hand', async () => {
    await button('Another packet').click();
    await button('Read codes with the camera').click();
    await dialog()
      .getByText(/of \d+ codes/)
      .waitFor();
    await page().keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
    expect(await tracks()).toEqual(['video ended', 'video ended']);
  });

  it('says what is wrong with a text that is no packet', async () => {
    await page().getByLabel('Or paste its text').fill(answer);
    await button('Read the text').click();
    await page().getByText('PACKET_INVALID').waitFor();
  });

  it('leaves no complaint of the page', () => {
    expect(desk.complaints).toEqual([]);
  });
});
