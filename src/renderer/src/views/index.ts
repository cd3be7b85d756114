/** Kept filters, for the screens that hold lists. */
export { SavedViews } from './SavedViews.tsx';
