/** What the engine writes of incidents, in Vietnamese: titles, and what it notes in their timeline. */
export const vi: Readonly<Record<string, string>> = {
  '{failures} sign-ins as one operator failed in a row.':
    '{failures} lần đăng nhập liên tiếp dưới tên một người vận hành đã thất bại.',
  'Break-glass: roles are lent to one operator for {minutes} minutes.':
    'Cửa khẩn cấp: một người vận hành được mượn vai trò trong {minutes} phút.',
  'A head of an audit log does not fit one that was seen before.':
    'Một đầu nhật ký kiểm toán không khớp với đầu đã thấy trước đó.',
  'The audit log is not the one whose head was signed before.':
    'Nhật ký kiểm toán không phải nhật ký mà đầu của nó đã được ký trước đó.',
  'A command under the policy “{words}” was asked for.': 'Có yêu cầu một lệnh thuộc chính sách “{words}”.',
  'A stored request or an answer to it is not what was signed.':
    'Một yêu cầu đã lưu, hoặc câu trả lời cho nó, không phải điều đã được ký.',
  'Messages could not be taken in: {code}': 'Không nhận được các thông điệp: {code}',
  'A rotation stopped at a fault; it waits until somebody resumes it.':
    'Một lần xoay vòng khóa dừng vì lỗi; nó chờ người cho tiếp tục.',
  'A bank asks for the money of an instant payment back.':
    'Một ngân hàng yêu cầu hoàn lại tiền của một khoản thanh toán tức thời.',
  'Not acknowledged by {day} {time} UTC.': 'Chưa được xác nhận trước {day} {time} UTC.',
  'Not acknowledged by {day} {time} UTC; the vault was closed then.':
    'Chưa được xác nhận trước {day} {time} UTC; lúc đó két đang đóng.',
  'The request was agreed to, and the command has run.': 'Yêu cầu đã được đồng ý và lệnh đã chạy.',
  'The request was agreed to, and the command refused itself when it ran.':
    'Yêu cầu đã được đồng ý, nhưng lệnh tự từ chối khi chạy.',
  'The request was refused by a checker.': 'Yêu cầu đã bị người kiểm soát phủ quyết.',
  'Who asked has withdrawn the request.': 'Người yêu cầu đã rút yêu cầu.',
  'The request can never run any more.': 'Yêu cầu không thể chạy được nữa.',
};
