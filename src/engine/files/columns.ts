/** Finding the columns of a business's own file: every till and shop names the same things differently. */

/** What a file could not be opened for, with a code that is stable and a message that says what to do. */
export interface FileProblem {
  code: string
  message: string
}

/** One line of the preview: which column a field was read from, and how. `column` is null when the file has none. */
export interface Understood {
  field: string
  column: string | null
  how: string
}

/** A column as the file calls it; one without a name is called by its number and shown by its first text. */
export interface Column {
  name: string
  sample?: string
}

/** One field that we look for. `names` are tried in their order; `needed` makes its absence a problem. */
export interface Field {
  field: string
  names: readonly string[]
  needed?: boolean
}

/** The fields of an orders file, in the order in which they may claim a column. */
export const ORDER_FIELDS: readonly Field[] = [
  {
    field: 'order',
    names: [
      'order_id order_external_id order_number order_no order invoice_no invoice_number invoice_id invoice',
      'receipt_id receipt_number receipt_no receipt transaction_id transaction_no transaction sale_id ticket bill_no',
      'external_id basket_id basket',
    ],
    needed: true,
  },
  {
    field: 'member',
    names: [
      'member_id member member_external_id customer_id customer customer_number customer_no customer_external_id',
      'user_id user client_id client shopper_id household_key loyalty_id account_id',
    ],
  },
  {
    field: 'date',
    names: [
      'occurred_at invoice_date order_date date_time datetime date created_at purchase_date purchased_at sold_at',
      'transaction_date transaction_time timestamp order_timestamp order_purchase_timestamp event_time time day',
    ],
    needed: true,
  },
  { field: 'line', names: ['line_id line_number line_no line'] },
  {
    field: 'sku',
    names: ['sku stock_code item_id item_code item_sku product_id product_code item product article barcode upc'],
  },
  { field: 'name', names: ['name item_name product_name description product_description title item_description'] },
  { field: 'category', names: ['category item_category product_category category_name department commodity_desc'] },
  { field: 'quantity', names: ['quantity qty units item_quantity count pieces'] },
  { field: 'price', names: ['unit_price price item_price price_each price_per_unit unitprice unit_amount'] },
  {
    field: 'total',
    names: [
      'total amount order_total line_total total_amount total_price sales_value sales gross_amount revenue value',
    ],
  },
  { field: 'discount', names: ['discount line_discount discount_amount item_discount'] },
  { field: 'tax', names: ['tax line_tax tax_amount vat vat_amount'] },
  { field: 'currency', names: ['currency currency_code'] },
  { field: 'prices', names: ['prices price_mode tax_mode'] },
  { field: 'location', names: ['location location_id store_id store shop_id shop branch outlet country'] },
  { field: 'channel', names: ['channel sales_channel source'] },
]

/** The fields of a members file. A wallet's balance is read besides, from every column called `points_WALLET`. */
export const MEMBER_FIELDS: readonly Field[] = [
  {
    field: 'external_id',
    names: [
      'external_id member_id member customer_id customer customer_number user_id user client_id loyalty_id account_id id',
    ],
    needed: true,
  },
  { field: 'name', names: ['name full_name member_name customer_name display_name'] },
  { field: 'email', names: ['email email_address e_mail mail'] },
  { field: 'phone', names: ['phone phone_number mobile mobile_number telephone tel cell'] },
  { field: 'birthday', names: ['birthday birth_date date_of_birth birthdate dob'] },
  { field: 'locale', names: ['locale language lang'] },
  {
    field: 'joined_at',
    names: ['joined_at joined join_date created_at signup_date enrolled_at member_since registered_at'],
  },
  { field: 'points', names: ['points points_balance balance point_balance loyalty_points'] },
]

/** The word for a file without order ids: each row is an order of its own, called by its row number. */
const BY_ROW = '@row'

export interface Found {
  /** The field's column as an index into the file's columns; a field the file lacks is absent. */
  at: Record<string, number>
  /** Whether the order's id is the row's own number. */
  idByRow: boolean
  understood: Understood[]
  problems: FileProblem[]
}

/**
 * Matches a file's columns with the fields, by name (letters and digits only, any case) or as `map` says.
 * `map` goes from a field, by any of its names, to a column's name or its number from 1; an empty column
 * leaves the field out even if one of its names is there.
 */
export function findColumns(
  fields: readonly Field[],
  columns: readonly Column[],
  map: Record<string, string> = {},
): Found {
  const found: Found = { at: {}, idByRow: false, understood: [], problems: [] }
  const mapped = followMap(fields, columns, map, found)
  const taken = new Set(Object.values(found.at))
  for (const { field, names, needed } of fields) {
    if (!mapped.has(field)) {
      const index = namedColumn(names, columns, taken)
      if (index !== undefined) {
        found.at[field] = index
        taken.add(index)
      }
    }
    const index = found.at[field]
    const byRow = field === 'order' && found.idByRow
    found.understood.push({
      field,
      column: index === undefined ? null : columns[index]!.name,
      how: howFound(index, byRow, mapped.has(field)),
    })
    if (needed && index === undefined && !byRow) found.problems.push(missing(field, names, columns))
  }
  return found
}

function howFound(index: number | undefined, byRow: boolean, mapped: boolean): string {
  if (byRow) return 'the row’s number, as mapped'
  if (index === undefined) return mapped ? 'left out, as mapped' : 'not in the file'
  return mapped ? 'as mapped' : 'by its name'
}

/** Follows the caller's own map, and returns the fields that it settled. */
function followMap(
  fields: readonly Field[],
  columns: readonly Column[],
  map: Record<string, string>,
  found: Found,
): Set<string> {
  const settled = new Set<string>()
  for (const [key, column] of Object.entries(map)) {
    const field = fields.find((f) => f.field === key || split(f.names).some((name) => plain(name) === plain(key)))
    if (!field) {
      const known = fields.map((f) => f.field).join(', ')
      found.problems.push({
        code: 'unknown_field',
        message: `There is no field “${key}” to map. The fields are: ${known}.`,
      })
      continue
    }
    settled.add(field.field)
    if (column === '') continue
    if (field.field === 'order' && column === BY_ROW) {
      found.idByRow = true
      continue
    }
    const index = columnCalled(column, columns)
    if (index === undefined) {
      found.problems.push({
        code: 'unknown_column',
        message: `“${key}” is mapped to “${column}”, which is not a column of the file. ${listed(columns)}`,
      })
    } else found.at[field.field] = index
  }
  return settled
}

function columnCalled(wanted: string, columns: readonly Column[]): number | undefined {
  const exact = columns.findIndex((column) => column.name === wanted)
  if (exact >= 0) return exact
  const loose = columns.findIndex((column) => plain(column.name) === plain(wanted) && plain(wanted) !== '')
  if (loose >= 0) return loose
  const number = /^\d{1,4}$/.test(wanted) ? Number(wanted) : 0
  return number >= 1 && number <= columns.length ? number - 1 : undefined
}

function namedColumn(
  names: readonly string[],
  columns: readonly Column[],
  taken: ReadonlySet<number>,
): number | undefined {
  for (const name of split(names)) {
    const index = columns.findIndex((column, i) => !taken.has(i) && plain(column.name) === plain(name))
    if (index >= 0) return index
  }
  return undefined
}

function missing(field: string, names: readonly string[], columns: readonly Column[]): FileProblem {
  const byRow =
    field === 'order'
      ? ` If each row is an order of its own and has no id, --map order=${BY_ROW} calls it by its row.`
      : ''
  return {
    code: 'missing_column',
    message:
      `No column of the file is known as the “${field}”, which is needed (looked for ${split(names).slice(0, 6).join(', ')} …). ` +
      `${listed(columns)} Name it with --map ${field}=COLUMN.${byRow}`,
  }
}

/** Says which columns the file has, so that a map can be written without opening it. */
function listed(columns: readonly Column[]): string {
  const shown = columns
    .slice(0, 40)
    .map(({ name, sample }, i) => (sample === undefined ? `${name} (${i + 1})` : `${i + 1}, as in “${sample}”`))
  return `The file’s columns are: ${shown.join('; ')}${columns.length > 40 ? ` and ${columns.length - 40} more` : ''}.`
}

/** How many of the cells are names that we know: what tells a header from a row of data. */
export function knownNames(cells: readonly string[]): number {
  const known = new Set([...ORDER_FIELDS, ...MEMBER_FIELDS].flatMap((f) => split(f.names).map(plain)))
  return cells.filter((cell) => known.has(plain(cell))).length
}

function split(names: readonly string[]): string[] {
  return names.flatMap((group) => group.split(' '))
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
}
