import { expect, test } from 'vitest';
import { downOf } from '../../src/renderer/src/hsm/down.ts';

const token = (name: string, circuit: 'healthy' | 'failed-over' | 'open' | 'stopped', isOpen: boolean) => ({
  ...{ name, circuit },
  session: isOpen ? ('open' as const) : ('lost' as const),
});

test('a token whose circuit is open is told, also while another serves', () => {
  expect(downOf([])).toBeNull();
  expect(downOf([token('A', 'healthy', true), token('B', 'failed-over', false)])).toBeNull();
  expect(downOf([token('A', 'open', false), token('B', 'healthy', true)])).toEqual({
    names: ['A'],
    isServed: true,
  });
  expect(downOf([token('A', 'open', false), token('B', 'stopped', false)])).toEqual({
    names: ['A', 'B'],
    isServed: false,
  });
});
