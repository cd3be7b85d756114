/** Where the ids of feeds and their payments begin: above every id that a file will ever be given. */
export const FEED_FROM = 2n ** 40n;

/** The type of a feed among the statements. */
export const FEED_TYPE = 'instant';
