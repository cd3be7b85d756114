import { catalogue } from '../kit/catalogue.ts';

/** Sentences of saved views. */
export const t = catalogue('views', {
  open: 'Views',
  none: 'No views are kept yet. Filter the list, give what you see a name, and come back to it with one key.',
  list: 'Views of this screen',
  name: 'Name',
  save: 'Keep this view',
  remove: 'Remove the view {name}',
  saved: 'Kept as “{name}”.',
  removed: 'The view “{name}” was removed.',
  nothing: 'Nothing is filtered.',
  'keys.group': 'Views',
  'keys.open': 'Kept views',
});
