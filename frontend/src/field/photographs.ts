/** A photograph is made smaller before it is kept: a phone's room and a bad network are both small. */
import { LARGEST, fitted } from '../lib/deeds.ts';

const SMALL = 600_000; // bytes; a file under this is left as it is, if its picture is not too large
const QUALITY = 0.85;

/** Return a photograph of at most 2048 pixels; what cannot be read as a picture comes back as it is. */
export async function shrink(file: File): Promise<Blob> {
  if (!file.type.startsWith('image/')) return file;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: 'from-image' });
    const [width, height] = fitted(picture.width, picture.height);
    if (file.size <= SMALL && Math.max(picture.width, picture.height) <= LARGEST) return file;
    const canvas = document.createElement('canvas');
    canvas.width = width;
    canvas.height = height;
    canvas.getContext('2d')?.drawImage(picture, 0, 0, width, height);
    picture.close();
    const made = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', QUALITY));
    return made && made.size < file.size ? made : file;
  } catch {
    return file;
  }
}
