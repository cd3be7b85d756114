import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemRuntime } from '../../src/main/base/index.ts';
import { looksWhole } from '../../src/main/connectors/complete.ts';
import { isSingleMessage } from '../../src/main/connectors/kind-of-file.ts';
import { bytesOf, CALLER, type TestIntake, until, withFolder, withIntake } from './support.ts';

const watching = (intake: TestIntake, folder: string) =>
  intake.connectors.add({ label: 'inbox', settings: { kind: 'folder', folder, everyMs: 100 } }, CALLER);

const names = (folder: string) => (existsSync(folder) ? readdirSync(folder).sort() : []);
const left = (folder: string) => names(folder).filter((name) => name !== 'done' && name !== 'failed');

describe('a watched folder', () => {
  it('takes what is renamed into it, and moves it where it belongs', async () => {
    await withFolder((folder) =>
      withIntake(async (intake) => {
        writeFileSync(join(folder, '.hidden.json'), bytesOf({ id: 'hidden' }));
        writeFileSync(join(folder, 'b.json.tmp'), bytesOf({ id: 'b' }));
        writeFileSync(join(folder, 'a.json'), bytesOf({ id: 'a' }));
        writeFileSync(join(folder, 'p.json'), bytesOf({ id: 'p', fate: 'poison' }));
        mkdirSync(join(folder, 'deeper'));
        writeFileSync(join(folder, 'deeper', 'c.json'), bytesOf({ id: 'c' }));
        await watching(intake, folder);
        await until(
          () => names(join(folder, 'failed')).length === 1 && names(join(folder, 'done')).length === 1,
        );
        expect(intake.held()).toEqual(['a']);
        renameSync(join(folder, 'b.json.tmp'), join(folder, 'b.json'));
        await until(() => names(join(folder, 'done')).length === 2);
        expect(intake.held()).toEqual(['a', 'b']);
        expect(left(folder)).toEqual(['.hidden.json', 'deeper']);
        expect(intake.connectors.list({ limit: 5 }).rows.map(({ source }) => source)).toEqual(['inbox']);
        // A name that lies in `done` already replaces nothing there.
        writeFileSync(join(folder, 'a.json'), bytesOf({ id: 'second' }));
        await until(() => names(join(folder, 'done')).includes('a.json.1'));
        expect(readFileSync(join(folder, 'done', 'a.json')).equals(bytesOf({ id: 'a' }))).toBe(true);
        expect(intake.held()).toContain('second');
      }),
    );
  });

  it('waits for a file that is written where it lies', async () => {
    await withFolder((folder) =>
      withIntake(async (intake) => {
        const text = bytesOf({ id: 'slow', text: 'x'.repeat(2_000) }).toString('utf8');
        const path = join(folder, 'slow.json');
        writeFileSync(path, text.slice(0, 500));
        await watching(intake, folder);
        for (let at = 500; at < text.length; at += 500) {
          await new Promise((resolve) => setTimeout(resolve, 250));
          expect(intake.held()).toEqual([]);
          appendFileSync(path, text.slice(at, at + 500));
        }
        await until(() => intake.held().length === 1);
        expect(intake.connectors.list({ limit: 5 }).rows).toEqual([]);
      }),
    );
  });

  it('gives up on a file that nobody finishes, and keeps it as a dead letter', async () => {
    let aheadMs = 0;
    const runtime = { ...systemRuntime, monotonicMs: () => systemRuntime.monotonicMs() + aheadMs };
    await withFolder((folder) =>
      withIntake(
        async (intake) => {
          writeFileSync(join(folder, 'half.json'), '{"id":"ha');
          await watching(intake, folder);
          await new Promise((resolve) => setTimeout(resolve, 400));
          expect(left(folder)).toEqual(['half.json']);
          aheadMs = 11_000;
          await until(() => names(join(folder, 'failed')).includes('half.json'));
          expect(intake.connectors.counts()).toEqual([{ code: 'INSTANT_KIND_UNKNOWN', open: 1 }]);
        },
        { runtime },
      ),
    );
  });

  it('takes 10,000 files that are there at once, without holding the loop or memory', async () => {
    await withFolder((folder) =>
      withIntake(async (intake) => {
        for (let n = 0; n < 10_000; n += 1) {
          writeFileSync(join(folder, `m${String(n).padStart(5, '0')}.json`), bytesOf({ id: `m${n}` }));
        }
        const rssBefore = process.memoryUsage().rss;
        let longest = 0;
        let last = performance.now();
        const watch = setInterval(() => {
          longest = Math.max(longest, performance.now() - last);
          last = performance.now();
        }, 2);
        const startedAt = performance.now();
        await watching(intake, folder);
        await until(() => left(folder).length === 0, 90_000);
        clearInterval(watch);
        const tookMs = performance.now() - startedAt;
        expect(intake.held()).toHaveLength(10_000);
        expect(names(join(folder, 'done'))).toHaveLength(10_000);
        expect(process.memoryUsage().rss - rssBefore).toBeLessThan(250 * 1_048_576);
        // Listing 10,000 names in this test holds the loop as well; a folder read whole would hold it far longer.
        expect(longest).toBeLessThan(Math.max(250, tookMs / 10));
      }),
    );
  }, 120_000);

  it('refuses links and what may not be read, says so once, and takes the rest', async () => {
    await withFolder((folder) =>
      withIntake(async (intake) => {
        await withFolder(async (elsewhere) => {
          writeFileSync(join(elsewhere, 'secret.json'), bytesOf({ id: 'secret' }));
          symlinkSync(join(elsewhere, 'secret.json'), join(folder, 'link.json'));
          writeFileSync(join(folder, 'locked.json'), bytesOf({ id: 'locked' }));
          chmodSync(join(folder, 'locked.json'), 0);
          writeFileSync(join(folder, 'z.json'), bytesOf({ id: 'z' }));
          await watching(intake, folder);
          await until(() => intake.held().includes('z'));
          await new Promise((resolve) => setTimeout(resolve, 400));
          const [line] = intake.connectors.connectors();
          const told = line!.problems.filter(({ code }) => code === 'CONNECTOR_FILE_REFUSED');
          // Root may read what nobody may.
          const unreadable = process.getuid?.() === 0 ? [] : ['locked.json'];
          expect(told.map(({ what }) => what).sort()).toEqual(['link.json', ...unreadable]);
          expect(intake.held()).not.toContain('secret');
          expect(names(elsewhere)).toEqual(['secret.json']);
        });
      }),
    );
  });

  it.each([
    ['one that is missing', (folder: string) => join(folder, 'none'), 'CONNECTOR_FOLDER_UNFIT'],
    ['a relative one', () => 'inbox', 'CONNECTOR_SETTINGS_INVALID'],
    [
      'a link to one',
      (folder: string) => {
        symlinkSync(folder, join(folder, 'link'));
        return join(folder, 'link');
      },
      'CONNECTOR_FOLDER_UNFIT',
    ],
  ])('is refused where it is %s', async (_, of, code) => {
    await withFolder((folder) =>
      withIntake(async (intake) => {
        await expect(watching(intake, of(folder))).rejects.toMatchObject({ code });
      }),
    );
  });

  it('hands whole statements to the ordinary import, and messages that are too long to people', async () => {
    const files: { name: string; text: string }[] = [];
    await withFolder((folder) =>
      withIntake(
        async (intake) => {
          writeFileSync(
            join(folder, 'day.xml'),
            '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><x/></Document>',
          );
          writeFileSync(join(folder, 'day.sta'), ':20:STARTUMS\r\n:25:1/2\r\n:60F:C240101EUR1,00\r\n');
          writeFileSync(join(folder, 'refused.csv'), 'customer_id,name,country,ibans,aliases\nREFUSE\n');
          writeFileSync(join(folder, 'long.json'), bytesOf({ id: 'long', text: 'x'.repeat(1_100_000) }));
          await watching(intake, folder);
          await until(() => left(folder).length === 0);
          expect(files.map(({ name }) => name).sort()).toEqual(['day.sta', 'day.xml', 'refused.csv']);
          expect(files.find(({ name }) => name === 'day.xml')?.text).toContain('camt.053');
          expect(names(join(folder, 'done'))).toEqual(['day.sta', 'day.xml']);
          expect(names(join(folder, 'failed'))).toEqual(['long.json', 'refused.csv']);
          const [line] = intake.connectors.connectors();
          expect(line!.problems.map(({ code }) => code).sort()).toEqual([
            'CONNECTOR_MESSAGE_TOO_LARGE',
            'INTAKE_REFERENCE_UNKNOWN',
          ]);
          expect(line).toMatchObject({ files: 3, taken: 0 });
        },
        {
          importFile: async ({ fileName, source }) => {
            const chunks: Uint8Array[] = [];
            for await (const chunk of source) chunks.push(chunk);
            const text = Buffer.concat(chunks).toString('utf8');
            files.push({ name: fileName, text });
            return text.includes('REFUSE')
              ? { outcome: 'refused', code: 'INTAKE_REFERENCE_UNKNOWN' }
              : { outcome: 'imported' };
          },
        },
      ),
    );
  });

  it('leaves files where they are while the intake is closed, and takes each once after that', async () => {
    await withFolder((folder) =>
      withIntake(async (intake) => {
        await watching(intake, folder);
        await intake.connectors.close();
        for (let n = 0; n < 20; n += 1) writeFileSync(join(folder, `m${n}.json`), bytesOf({ id: `m${n}` }));
        await new Promise((resolve) => setTimeout(resolve, 300));
        expect(left(folder)).toHaveLength(20);
        const again = await intake.reopen();
        await again.connectors.startAll();
        await until(() => left(folder).length === 0);
        expect(again.held()).toHaveLength(20);
        await again.connectors.close();
      }),
    );
  });

  it('waits where the folder has gone, and goes on when it is back', async () => {
    await withFolder((parent) =>
      withIntake(async (intake) => {
        const folder = join(parent, 'inbox');
        mkdirSync(folder);
        await watching(intake, folder);
        renameSync(folder, join(parent, 'away'));
        await until(() => intake.connectors.connectors()[0]?.state === 'waiting');
        renameSync(join(parent, 'away'), folder);
        writeFileSync(join(folder, 'a.json'), bytesOf({ id: 'a' }));
        await until(() => intake.held().length === 1);
        await until(() => intake.connectors.connectors()[0]?.state === 'running');
      }),
    );
  });
});

describe('a file', () => {
  it.each([
    ['', false],
    ['   \n', false],
    ['{"a":1}', true],
    ['{"a":1}\n\u0000', true],
    ['{"a":', false],
    ['[1]', true],
    ['[1', false],
    ['<a>', false],
    ['<a></a>', true],
    ['<?xml version="1.0"?>\n<n:a x="1"><b/></n:a>\n', true],
    ['<?xml version="1.0"?><Document><b/>', false],
    ['<a/>', true],
    [':20:X', true],
  ])('%j looks whole: %s', (text, whole) => {
    expect(looksWhole(Buffer.from(text))).toBe(whole);
  });

  const xml = (kind: string) =>
    `<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:${kind}">`;
  it.each([
    ['{"a":1}', 10, true],
    ['\uFEFF [1]', 10, true],
    [xml('pacs.008.001.08'), 10, true],
    [xml('camt.056.001.08'), 10, true],
    [xml('camt.054.001.08'), 10, true],
    [xml('camt.054.001.08'), 2_000_000, false],
    [xml('camt.053.001.08'), 10, false],
    [xml('camt.052.001.08'), 10, false],
    ['<html>', 10, true],
    ['{1:F01BANK}{4:\r\n:20:X\r\n:60F:', 10, false],
    ['customer_id,name,country,ibans,aliases\n', 10, false],
    ['whatever', 10, true],
  ])('%j of %i bytes is a single message: %s', (text, size, single) => {
    expect(isSingleMessage(Buffer.from(text), size, 1_048_576)).toBe(single);
  });
});
