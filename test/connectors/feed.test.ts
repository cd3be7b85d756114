import { describe, expect, it } from 'vitest';
import { feedMessages } from '../../src/main/doors/cli/feed.ts';
import { createSplitter } from '../../src/main/doors/cli/split-messages.ts';
import type { Client } from '../../src/main/doors/shared/client.ts';
import { createEngineHost } from '../../src/main/engine/index.ts';
import { commandLine } from '../doors/support.ts';
import { cheapStretch, connectTo, injectedClient, staffOf } from '../support/people.ts';
import { withFolder } from './support.ts';

/** Splits a text that comes in pieces of some bytes. */
function split(text: string | Buffer, pieces: number, most?: number): string[] {
  const splitter = createSplitter(most);
  const bytes = Buffer.from(text as string);
  const out: string[] = [];
  const note = (messages: ReturnType<typeof splitter.end>) => {
    for (const message of messages) out.push(message.tooLong ? 'TOO LONG' : message.bytes.toString('utf8'));
  };
  for (let at = 0; at < bytes.length; at += pieces) note(splitter.push(bytes.subarray(at, at + pieces)));
  note(splitter.end());
  return out;
}

describe('a stream of messages', () => {
  const first = '<?xml version="1.0"?>\n<!-- <a> --><Doc x="1>2" y=\'"\'><b><![CDATA[</Doc>]]></b><c/></Doc>';
  const second = '<Doc><d/></Doc>';
  it.each([1, 3, 7, 1_000])('is split the same in pieces of %i bytes', (pieces) => {
    const text = `{"a":1}\n\n  {"b":"x<y"}\r\n${first}${second}\n<e/>{"c":3}`;
    expect(split(text, pieces)).toEqual(['{"a":1}', '{"b":"x<y"}\r', first, second, '<e/>', '{"c":3}']);
    expect(split(`\uFEFF{"a":1}`, pieces)).toEqual(['{"a":1}']);
    expect(split(' \n', pieces)).toEqual([]);
  });

  it('goes on behind what makes no sense', () => {
    expect(split('nonsense\n{"a":1}\n', 4)).toEqual(['nonsense', '{"a":1}']);
    expect(split('<?xml version="1.0"?><a><b></a><?xml version="1.0"?><c></c>', 5)).toEqual([
      '<?xml version="1.0"?><a><b></a>',
      '<?xml version="1.0"?><c></c>',
    ]);
    expect(split('<a><b>', 2)).toEqual(['<a><b>']);
    expect(split('</a>{"b":1}', 2)).toEqual(['</a>', '{"b":1}']);
  });

  it('keeps no more of a message that is too long than one may have', () => {
    const long = 'x'.repeat(500);
    expect(split(`${long}\n{"a":1}\n`, 50, 100)).toEqual(['TOO LONG', '{"a":1}']);
    expect(split(`${long}\n{"a":1}\n`, 5_000, 100)).toEqual(['TOO LONG', '{"a":1}']);
    expect(split(`<a>${long}</a><?xml version="1.0"?><b/>`, 50, 100)).toEqual([
      'TOO LONG',
      '<?xml version="1.0"?><b/>',
    ]);
  });
});

/** A console with real rooms, in which messages are no payments of ours. */
async function withConsole<T>(work: (client: Client) => Promise<T>): Promise<T> {
  return withFolder(async (folder) => {
    const host = createEngineHost({ dataFolder: folder, version: 'test' });
    try {
      const client = injectedClient(host);
      await client.vault.create({ name: 'desk', passphrase: 'seven quiet herons on a ledge' });
      return await work(client);
    } finally {
      await host.close();
    }
  });
}

async function* chunks(...texts: string[]) {
  for (const text of texts) yield Buffer.from(text);
}

describe('feed --stdin', () => {
  it('answers each message in order, on a line of its own', async () => {
    await withConsole(async (client) => {
      const lines: string[] = [];
      const signal = new AbortController().signal;
      const many = Array.from({ length: 150 }, (_, n) => `{"n":${n}}\n`);
      const answer = await feedMessages(
        client,
        chunks('<x', '/>', ...many),
        (line) => lines.push(line),
        signal,
      );
      expect(answer.exitCode).toBe(4);
      expect(lines).toHaveLength(151);
      expect(lines.every((line) => line.indexOf('\n') === line.length - 1)).toBe(true);
      const parsed = lines.map((line) => JSON.parse(line));
      expect(new Set(parsed.map(({ result }) => result))).toEqual(new Set(['dead-lettered']));
      expect(parsed.map(({ deadLetterId }) => deadLetterId)).toEqual(parsed.map((_, n) => String(n + 1)));
      expect((await client.connectors.live()).totals.messages).toBe(151);
      const nothing = await feedMessages(client, chunks(' \n'), (line) => lines.push(line), signal);
      expect(nothing.exitCode).toBe(0);
    });
  });

  it('is refused to who may not bring messages in', async () => {
    await withFolder(async (folder) => {
      const host = createEngineHost({
        dataFolder: folder,
        version: 'test',
        stretchOfOperatorsInTests: cheapStretch,
      });
      try {
        await (await connectTo(host)()).client.vault.create({
          name: 'desk',
          passphrase: 'seven quiet herons on a ledge',
        });
        const staff = await staffOf(connectTo(host));
        const auditor = await staff.at(await staff.hire('Ruth Reader', ['auditor']));
        const signal = new AbortController().signal;
        await expect(feedMessages(auditor.client, chunks('{}\n'), () => {}, signal)).rejects.toMatchObject({
          code: 'NOT_PERMITTED',
        });
        const line = await staff.client.connectors.add({
          label: 'inbox',
          settings: { kind: 'folder', folder, everyMs: 60_000 },
        });
        expect(line.state).toBe('running');
        await expect(auditor.client.connectors.stop({ id: line.id })).rejects.toMatchObject({
          code: 'NOT_PERMITTED',
        });
        expect(await auditor.client.connectors.list()).toHaveLength(1);
        // An auditor sees what could not be taken, and its bytes only where parties may be seen.
        const analyst = await staff.at(await staff.hire('Ana Lyst', ['treasury-analyst']));
        await analyst.client.connectors.submit({ message: new Blob(['{"DE02120300000000202051":1}']) });
        const [dead] = (await auditor.client.connectors.deadLetters({})).rows;
        expect(dead).toMatchObject({ code: expect.any(String), attempts: 1 });
        const trader = await staff.at(await staff.hire('Tim Trader', ['trader']));
        await expect(trader.client.connectors.deadLetterRaw({ id: dead!.id })).rejects.toMatchObject({
          code: 'PRIVACY_MASKED',
        });
        const { bytes } = await analyst.client.connectors.deadLetterRaw({ id: dead!.id });
        expect(await bytes.text()).toContain('DE02120300000000202051');
        await expect(auditor.client.connectors.dismiss({ id: dead!.id, reason: 'x' })).rejects.toMatchObject({
          code: 'NOT_PERMITTED',
        });
      } finally {
        await host.close();
      }
    });
  });
});

describe('the command line', () => {
  it.each([
    [['feed']],
    [['feed', '--stdin', 'list']],
    [['feed', 'retry']],
    [['feed', 'key', '1']],
    [['demo', 't0', '--rate', '0']],
    [['demo', 't0', '--out', 'x']],
    [['demo', '--rate', '5']],
    [['demo', 't0', '--rate', '10000', '--seconds', '99999']],
  ])('refuses %j', async (argv) => {
    const run = await commandLine({})(argv);
    expect([run.code, run.stdout]).toEqual([2, '']);
  });

  it('lists, retries and makes keys for a vault', async () => {
    await withFolder(async (folder) => {
      const run = commandLine({ dataFolder: folder, runFolder: folder });
      expect((await run(['demo', 'four-eyes', '--out', `${folder}/x`])).code).toBe(0);
      const list = await run(['feed', 'list', '--json']);
      expect([list.code, JSON.parse(list.stdout)]).toEqual([0, { connectors: [] }]);
      expect((await run(['feed', 'dead-letters'])).stdout).toContain('No message lies');
      expect((await run(['feed', 'retry', '1'])).stderr).toContain('DEAD_LETTER_UNKNOWN');
      expect(JSON.parse((await run(['feed', 'retry', 'XML_MALFORMED', '--json'])).stdout)).toEqual({
        ...{ tried: 0, taken: 0, failed: 0 },
      });
      // The command line's own account says where nothing comes from.
      expect((await run(['feed', 'key', '1', 'hub'])).stderr).toContain('NOT_PERMITTED');
    });
  }, 60_000);
});
