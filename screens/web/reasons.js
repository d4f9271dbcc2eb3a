/** Codes of reasons in words; an unknown code shows itself. Flags bring theirs (schemas/flags.yaml). */
const REASONS = {
  "resolved-before-received": ["giải quyết trước khi tiếp nhận", "resolved before received"],
  "kernel-error": ["không tính được", "could not be folded"],
  "not-json": ["không phải JSON", "not JSON"],
  "not-an-object": ["không phải đối tượng", "not an object"],
  unreadable: ["dòng không đọc được", "unreadable row"],
  "missing-field": ["thiếu trường", "missing field"],
  "wrong-type": ["sai kiểu", "wrong type"],
  "bad-time": ["thời gian không hợp lệ", "bad time"],
  "no-zone": ["thời gian thiếu múi giờ", "time without zone"],
  "future-time": ["thời gian ở tương lai", "time in the future"],
  "impossible-time": ["thời gian không thể có", "impossible time"],
  "unknown-word": ["từ chưa khai báo", "unknown word"],
  "unknown-status": ["trạng thái chưa khai báo", "unknown status"],
  "unknown-agency": ["đơn vị chưa khai báo", "unknown agency"],
  "unknown-procedure": ["thủ tục chưa khai báo", "unknown procedure"],
  "unknown-source": ["nguồn chưa khai báo", "unknown source"],
  "unknown-feed": ["luồng chưa khai báo", "unknown feed"],
  "unknown-schema": ["lược đồ chưa khai báo", "unknown schema"],
  "schema-violation": ["sai lược đồ", "schema violation"],
  "too-large": ["quá lớn", "too large"],
  "wrong-key": ["sai khoá", "wrong key"],
  "poison-text": ["ký tự không lưu được", "text that cannot be stored"],
  "no-event": ["không có sự kiện", "no event in it"],
  "data-error": ["kho dữ liệu từ chối", "refused by the warehouse"],
};

export const reason = (code, lang) => REASONS[code]?.[lang === "en" ? 1 : 0] ?? code;
