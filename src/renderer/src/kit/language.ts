/** The language within React: what calls this is drawn anew, where it stands, when the language changes. */
import { useSyncExternalStore } from 'react';
import { currentLanguage, type Language, onLanguage } from './catalogue.ts';

export function useLanguage(): Language {
  return useSyncExternalStore(onLanguage, currentLanguage);
}
