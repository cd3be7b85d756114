import { useRef, useState } from 'react';
import { refetchRooms } from '../app/data.ts';
import { notify, problemOf, tellWaiting, whatHappened } from '../kit/index.ts';
import { MATCHING_ROOMS } from './useDecisions.ts';

/** One step of many: what is done, and what takes it back. */
export interface Step {
  readonly key: string;
  run(): Promise<unknown>;
  /** Left out where it cannot be taken back: nobody gives back what an undo took. */
  readonly back?: () => Promise<unknown>;
}

/** A step that was refused, in the words of its code. */
export interface Refused {
  readonly key: string;
  readonly words: string;
}

export interface Many {
  /** Steps done so far; null while nothing runs. */
  readonly progress: { readonly done: number; readonly count: number } | null;
  readonly refused: readonly Refused[];
  stop(): void;
  start(steps: readonly Step[], told: Told): Promise<Ended>;
}

export interface Told {
  /** The notice at the end. */
  done(count: number): string;
  undone(count: number): string;
  /** True where one refusal takes back what was done before: all of it or nothing. */
  readonly together?: boolean;
}

export interface Ended {
  readonly done: readonly string[];
  readonly refused: readonly Refused[];
}

/**
 * Runs decisions one after another, each a command with a record of its own, so that each is authorised,
 * held for a second person where a policy says so, and taken back like one that was made alone.
 */
export function useMany(): Many {
  const [progress, setProgress] = useState<Many['progress']>(null);
  const [refused, setRefused] = useState<readonly Refused[]>([]);
  const stopped = useRef(false);

  const takeBack = async (steps: readonly Step[]): Promise<number> => {
    let count = 0;
    for (const step of [...steps].reverse()) {
      const isBack = await step.back?.().then(
        () => true,
        () => false,
      );
      if (isBack) count += 1;
    }
    refetchRooms(MATCHING_ROOMS);
    return count;
  };

  const start = async (steps: readonly Step[], told: Told): Promise<Ended> => {
    stopped.current = false;
    const done: Step[] = [];
    const failed: Refused[] = [];
    setRefused([]);
    for (const step of steps) {
      if (stopped.current) break;
      setProgress({ done: done.length + failed.length, count: steps.length });
      try {
        await step.run();
        done.push(step);
      } catch (error) {
        tellWaiting(error);
        failed.push({ key: step.key, words: whatHappened(problemOf(error)) });
        if (told.together) break;
      }
    }
    const isHalf = told.together === true && (failed.length > 0 || stopped.current);
    if (isHalf) await takeBack(done.splice(0));
    refetchRooms(MATCHING_ROOMS);
    setProgress(null);
    setRefused(failed);
    if (done.length > 0) {
      const undo = () => void takeBack(done).then((count) => notify({ text: told.undone(count) }));
      notify({
        text: told.done(done.length),
        tone: failed.length > 0 ? 'warning' : 'success',
        ...(done.every(({ back }) => back) ? { undo } : {}),
      });
    }
    return { done: done.map(({ key }) => key), refused: failed };
  };

  return {
    progress,
    refused,
    stop: () => {
      stopped.current = true;
    },
    start,
  };
}
