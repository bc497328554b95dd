/** The port of an instance behind which its picture is. */
export const picturePort = 'vnc';

/** The WebSocket that shows an instance. A viewer that is a path is on the host that the page is from. */
export function pictureUrl(viewer: string, id: string, page: { protocol: string; host: string }): string {
  const url = viewer.replaceAll('{id}', encodeURIComponent(id));
  return url.startsWith('/') ? `${page.protocol === 'https:' ? 'wss' : 'ws'}://${page.host}${url}` : url;
}

export const allPictures = 'all';

/** Which instances are shown, as the address bar says: all, or those named. */
export function readPictures(text: string | null): { has: (id: string) => boolean } {
  return text === allPictures ? { has: () => true } : new Set((text ?? '').split(','));
}

/** The same with one more, or one less. */
export function togglePicture(text: string | null, id: string): string {
  const ids = (text ?? '').split(',').filter((each) => each !== '' && each !== allPictures);
  return (ids.includes(id) ? ids.filter((each) => each !== id) : [...ids, id]).join(',');
}
