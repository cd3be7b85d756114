import { useDeferredValue, useEffect, useState } from 'react';

const PAUSE_MS = 150;

/** Text of a filter field, and the same a moment later: what is asked of the engine. */
export function useFilterText(initial: string): {
  readonly text: string;
  readonly asked: string;
  readonly setText: (text: string) => void;
} {
  const [text, setText] = useState(initial);
  const [asked, setAsked] = useState(initial);
  useEffect(() => setText(initial), [initial]);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(text.trim()), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return { text, asked: useDeferredValue(asked), setText };
}
