/** English or Vietnamese: what was chosen here, else what the browser asks for. Kept like the theme. */
import { addTranslation, currentLanguage, type Language, notifyProblem, setLanguage } from '../kit/index.ts';

const KEY = 'countersign.language';
/** What was asked for last; a chunk that arrives after another choice changes nothing. */
let wanted: Language = 'en';

function firstLanguage(): Language {
  const stored = localStorage.getItem(KEY);
  if (stored === 'en' || stored === 'vi') return stored;
  const asked = navigator.languages.map((tag) => tag.split('-')[0]);
  return asked.find((tag) => tag === 'en' || tag === 'vi') ?? 'en';
}

/** Puts the language on the page. Its sentences are fetched first, so that no screen mixes two. */
async function apply(next: Language): Promise<void> {
  wanted = next;
  if (next === 'vi') {
    const { vietnamese } = await import('./vietnamese.ts');
    for (const [room, messages] of Object.entries(vietnamese)) addTranslation('vi', room, messages);
  }
  if (wanted !== next) return;
  document.documentElement.lang = next;
  if (currentLanguage() !== next) setLanguage(next);
}

/** Changes the language at once and keeps the choice. */
export async function chooseLanguage(next: Language): Promise<void> {
  try {
    await apply(next);
    localStorage.setItem(KEY, next);
  } catch (error) {
    notifyProblem(error);
  }
}

/** The language of the first screen. Where its sentences cannot be fetched, the console starts in English. */
export async function startLanguage(): Promise<void> {
  try {
    await apply(firstLanguage());
  } catch (error) {
    notifyProblem(error);
  }
}
