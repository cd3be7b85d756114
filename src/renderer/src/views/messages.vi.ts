/** The sentences of saved views in Vietnamese. */
export const vi: Readonly<Record<string, string>> = {
  open: 'Khung nhìn',
  none: 'Chưa giữ khung nhìn nào. Lọc danh sách, đặt tên cho những gì đang thấy, rồi quay lại bằng một phím.',
  list: 'Khung nhìn của màn hình này',
  name: 'Tên',
  save: 'Giữ khung nhìn này',
  remove: 'Bỏ khung nhìn {name}',
  saved: 'Đã giữ với tên “{name}”.',
  removed: 'Đã bỏ khung nhìn “{name}”.',
  nothing: 'Không lọc gì.',
  'keys.group': 'Khung nhìn',
  'keys.open': 'Khung nhìn đã giữ',
};
