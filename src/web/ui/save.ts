/** Files that a screen hands to its reader. */

/** Hands a file to the browser, as if it had been downloaded. */
export function saveAs(content: Blob, fileName: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(content)
  link.download = fileName
  link.click()
  // Some browsers read it only after the click was handled.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
