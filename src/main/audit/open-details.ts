import { isCountersignError } from '../base/index.ts';
import type { Opener } from '../sealing/index.ts';
import { unpackBundle } from './bundle.ts';
import { bundlePlace, detailPlace } from './log.ts';
import type { BundleRow } from './store.ts';
import type { OpenPart } from './verify-bundles.ts';

/** Opens details, of which those under one seal are opened once. */
export function createOpenPart(reader: Opener): OpenPart {
  let opened: { firstSeq: number; parts: Buffer[] | 'erased' | 'unreadable' } | undefined;

  function open(work: () => Buffer): Buffer | 'erased' | 'unreadable' {
    try {
      return work();
    } catch (error) {
      if (isCountersignError(error, 'SEALED_VALUE_MISSING')) return 'erased';
      if (isCountersignError(error, 'SEALING_KEY_MISSING')) return 'erased';
      return 'unreadable';
    }
  }

  function partsOf({ firstSeq, count, sealedId }: BundleRow): Buffer[] | 'erased' | 'unreadable' {
    const packed = open(() => reader.open({ id: sealedId, ...bundlePlace(firstSeq) }));
    return typeof packed === 'string' ? packed : (unpackBundle(packed, count) ?? 'unreadable');
  }

  return (seq, detailId, bundle) => {
    if (detailId !== 0) return open(() => reader.open({ id: BigInt(detailId), ...detailPlace(seq) }));
    if (bundle === undefined) return 'unreadable';
    const { firstSeq } = bundle;
    if (opened?.firstSeq !== firstSeq) opened = { firstSeq, parts: partsOf(bundle) };
    if (typeof opened.parts === 'string') return opened.parts;
    const part = opened.parts[seq - firstSeq]!;
    return part.length === 0 ? 'erased' : part;
  };
}
