/** @jsxImportSource preact */
/** Reads codes with the camera, where the browser can. */

import { useEffect, useRef } from 'preact/hooks'

interface Detector {
  detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]>
}
type DetectorMaker = new (options: { formats: string[] }) => Detector

const FORMATS = ['qr_code', 'code_128', 'ean_13']
const LOOK_MS = 200

function detector(): DetectorMaker | undefined {
  return (window as unknown as { BarcodeDetector?: DetectorMaker }).BarcodeDetector
}

export function hasCamera(): boolean {
  return detector() !== undefined && navigator.mediaDevices !== undefined
}

export function Camera({ onRead }: { onRead(text: string): void }) {
  const video = useRef<HTMLVideoElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the camera is opened once, whoever is told
  useEffect(() => {
    const stopping = new AbortController()
    void look(video.current!, stopping.signal).then((text) => text !== null && onRead(text))
    return () => stopping.abort()
  }, [])
  return (
    <video ref={video} class="camera" playsInline muted>
      <track kind="captions" />
    </video>
  )
}

/** The first code that it sees; null when it was stopped, or there is no camera. */
async function look(video: HTMLVideoElement, signal: AbortSignal): Promise<string | null> {
  const Made = detector()!
  const eye = new Made({ formats: FORMATS })
  let stream: MediaStream
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } })
  } catch {
    return null
  }
  try {
    video.srcObject = stream
    await video.play()
    while (!signal.aborted) {
      const [seen] = await eye.detect(video)
      if (seen !== undefined) return seen.rawValue
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    }
    return null
  } finally {
    for (const track of stream.getTracks()) track.stop()
  }
}
