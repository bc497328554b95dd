import { describe, expect, it } from 'vitest';
import { pictureUrl, readPictures, togglePicture } from '../../src/model/picture';

const page = { protocol: 'https:', host: 'node.example:7655' };

describe('pictureUrl', () => {
  it('puts the instance into the address of the viewer', () => {
    expect(pictureUrl('ws://127.0.0.1:7690/vnc/{id}', 'loco-0', page)).toBe('ws://127.0.0.1:7690/vnc/loco-0');
    expect(pictureUrl('wss://pictures.example/{id}/{id}?a=b', 'a/b?c', page)).toBe('wss://pictures.example/a%2Fb%3Fc/a%2Fb%3Fc?a=b');
  });

  it('takes a path to be on the host that the page is from, encrypted as the page was', () => {
    expect(pictureUrl('/vnc/{id}', 'loco-0', page)).toBe('wss://node.example:7655/vnc/loco-0');
    expect(pictureUrl('/vnc/{id}', 'loco-0', { protocol: 'http:', host: '127.0.0.1:7655' })).toBe('ws://127.0.0.1:7655/vnc/loco-0');
  });
});

describe('which pictures are shown', () => {
  it('is all, or those named', () => {
    expect(readPictures('all').has('loco-7')).toBe(true);
    expect(readPictures('loco-0,loco-2').has('loco-2')).toBe(true);
    expect(readPictures('loco-0,loco-2').has('loco-1')).toBe(false);
    expect(readPictures(null).has('loco-0')).toBe(false);
  });

  it('changes by one, in the order in which they came', () => {
    expect(togglePicture(null, 'loco-1')).toBe('loco-1');
    expect(togglePicture('loco-1', 'loco-0')).toBe('loco-1,loco-0');
    expect(togglePicture('loco-1,loco-0', 'loco-1')).toBe('loco-0');
    expect(togglePicture('loco-0', 'loco-0')).toBe('');
  });
});
