import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesUnder } from './files.ts';

const CODE = /\.(ts|tsx|mjs|js|cjs)$/;
const sources = filesUnder(['src'], CODE);
const everything = filesUnder(['src', 'test', 'build', 'bin', 'bench'], CODE).filter(
  (file) => !file.path.startsWith('test/house/'),
);

/** `path:line: text` of every line that a pattern finds. */
function found(files: typeof everything, pattern: RegExp): string[] {
  return files.flatMap(({ path, lines }) =>
    lines.flatMap((line, i) => (pattern.test(line) ? [`${path}:${i + 1}: ${line.trim()}`] : [])),
  );
}

describe('the sources', () => {
  it('are there to be read', () => {
    expect(sources.length).toBeGreaterThan(100);
    expect(everything.length).toBeGreaterThan(sources.length + 50);
  });

  it.each([
    ['work left undone', /\b(TODO|FIXME|HACK)\b/],
    ['a type given up', /\bas any\b|<any>|: any\b(?! )|as unknown as any/],
    ['the compiler silenced', /@ts-(ignore|nocheck|expect-error)/],
    ['a linter silenced without a reason', /biome-ignore(-all)?[^:]*$|biome-ignore[^:]*:\s*$|eslint-disable/],
    ['a debugger', /^\s*debugger\b/],
  ])('hold no %s', (_, pattern) => {
    expect(found(everything, pattern)).toEqual([]);
  });

  it('hold no test that is left out or runs alone', () => {
    const tests = filesUnder(['test'], /\.test\.tsx?$/);
    expect(found(tests, /\b(it|test|describe)(\.\w+)*\.(only|skip|todo|fails)\b|\bx(it|describe)\(/)).toEqual(
      [],
    );
  });

  it('print only at the doors', () => {
    const inner = sources.filter(
      ({ path }) => path.startsWith('src/main/') && !path.startsWith('src/main/doors/'),
    );
    expect(found(inner, /\bconsole\.(log|info|warn|error|debug)\(|process\.std(out|err)\.write/)).toEqual([]);
  });

  it('take time and randomness from the runtime alone', () => {
    const inner = sources.filter(
      ({ path }) =>
        path.startsWith('src/main/') &&
        !path.startsWith('src/main/doors/') &&
        !path.startsWith('src/main/crypto/') &&
        path !== 'src/main/base/runtime.ts',
    );
    const lines = found(inner, /\bDate\.now\(|new Date\(\)|Math\.random\(|\brandomUUID\(/);
    // The time of a file is the operating system's, and is compared with the same clock.
    expect(lines.filter((line) => !line.includes('mtimeMs'))).toEqual([]);
  });

  it('name no package registry', () => {
    const files = [...everything, ...filesUnder(['docs', '.ci'], /./)];
    expect(found(files, /registry\.\w+\.\w+|deb\.debian\.org/)).toEqual([]);
  });
});

describe('the length of a file', () => {
  const LONGEST = 400;
  /** Files that were longer when this was written. A number here may only go down. */
  const LONGER: Readonly<Record<string, number>> = {
    'src/main/messages/xml-reader.ts': 490,
  };

  it('is at most 400 lines', () => {
    const long = sources
      .filter(({ path, lines }) => lines.length - 1 > (LONGER[path] ?? LONGEST))
      .map(({ path, lines }) => `${path}: ${lines.length - 1}`);
    expect(long).toEqual([]);
  });

  it('has no exception that is not needed any more', () => {
    const needless = Object.keys(LONGER).filter((path) => {
      const file = sources.find((one) => one.path === path);
      return file === undefined || file.lines.length - 1 <= LONGEST;
    });
    expect(needless).toEqual([]);
  });
});

describe('a room', () => {
  const rooms = readdirSync('src/main', { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'doors')
    .map((entry) => entry.name);

  it.each(rooms)('%s has a face and a folder of tests', (room) => {
    expect(existsSync(`src/main/${room}/index.ts`)).toBe(true);
    expect(
      readdirSync(`test/${room}`, { recursive: true, encoding: 'utf8' }).some((name) =>
        /\.test\.tsx?$/.test(name),
      ),
    ).toBe(true);
  });

  it('keeps its SQL in its store', () => {
    const others = sources.filter(
      ({ path }) =>
        /^src\/main\/[^/]+\//.test(path) && !/\/(store|migrat)[^/]*\.ts$|^src\/main\/vault\//.test(path),
    );
    expect(others.length).toBeGreaterThan(50);
    const statement =
      /\b(SELECT\s.+\sFROM|INSERT\s+(OR\s+\w+\s+)?INTO|DELETE\s+FROM|UPDATE\s+\w+\s+SET|CREATE\s+(TEMP\s+)?TABLE)\b/;
    expect(found(others, statement)).toEqual([]);
  });

  it('finds its workers where it looks for them, each under a name of its own', () => {
    const named = sources.flatMap(({ path, text }) =>
      [...text.matchAll(/workerUrl\(\s*import\.meta\.url,\s*'([^']+)'/g)].map((match) => ({
        path,
        worker: join(dirname(path), match[1]!),
      })),
    );
    expect(named.length).toBeGreaterThan(2);
    expect(named.filter(({ worker }) => !existsSync(worker))).toEqual([]);
    const names = sources.map(({ path }) => path).filter((path) => path.endsWith('.worker.ts'));
    expect(new Set(names.map((path) => path.split('/').at(-1))).size).toBe(names.length);
  });
});

describe('the tools', () => {
  it('use nothing but what Node brings, since they install the rest', () => {
    const tools = [
      ...filesUnder(['build/lib', 'bin'], CODE),
      ...filesUnder(['build'], /^(start|test|run|lint|build|dist|lockfile|floors)\.mjs$/),
    ];
    expect(tools.length).toBeGreaterThan(10);
    const foreign = tools.flatMap(({ path, text }) =>
      [...text.matchAll(/(?:from|import\()\s*'([^']+)'/g)]
        .map((match) => match[1]!)
        .filter(
          (name) =>
            !name.startsWith('.') && !(name.startsWith('node:') && builtinModules.includes(name.slice(5))),
        )
        .map((name) => `${path}: ${name}`),
    );
    expect(foreign).toEqual([]);
  });

  it('are plain JavaScript for Node 20', () => {
    const tools = filesUnder(['build/lib', 'bin'], CODE);
    expect(
      found(tools, /import\.meta\.(dirname|filename)|Promise\.try|URL\.parse\(|\.toSorted\(.*using /),
    ).toEqual([]);
  });
});

describe('package.json', () => {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
    private: boolean;
    bin: Record<string, string>;
    scripts: Record<string, string>;
    dependencies: Record<string, string>;
    devDependencies: Record<string, string>;
  };

  it('is private and starts from plain scripts', () => {
    expect(manifest.private).toBe(true);
    expect(existsSync(manifest.bin.countersign!)).toBe(true);
    for (const script of Object.values(manifest.scripts)) {
      const file = /^node (build\/[a-z-]+\.mjs)(?: ([\w/.-]+))?$/.exec(script);
      expect(file, script).not.toBe(null);
      expect(existsSync(file![1]!), script).toBe(true);
    }
  });

  it('names every version exactly', () => {
    const versions = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(versions.length).toBeGreaterThan(30);
    expect(versions.filter(([, version]) => !/^(npm:[\w@/-]+@)?\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });
});
