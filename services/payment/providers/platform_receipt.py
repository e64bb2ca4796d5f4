"""What an INIT tells of the receipt that the payer wants."""

from __future__ import annotations

from typing import Any

from services.payment.providers.port import Order


def receipt(order: Order, about: str) -> dict[str, Any]:
    """`ThongTinBienLai`, which the checksum does not cover; `MaDichVu` 2 is fees of a procedure,
    `LoaiPhiLePhi` 1 phí and 2 lệ phí."""
    payee = order.payee
    return {
        "MaDichVu": "2",
        "MaDVC": order.procedure_code,
        "TenDVC": order.procedure_name[:250],
        "MaTTHC": order.procedure_code,
        "TenTTHC": order.procedure_name[:250],
        "MaDonVi": order.agency,
        "TenDonVi": order.agency_name,
        "MaHoSo": order.dossier_code,
        "TKThuHuong": payee.number if payee else "",
        "MaNHThuHuong": payee.bank if payee else "",
        "TenTKThuHuong": payee.holder if payee else "",
        "PhiLePhi": [
            {
                "LoaiPhiLePhi": "1" if line.kind == "fee" else "2",
                "MaPhiLePhi": line.code,
                "TenPhiLePhi": line.name,
                "SoTien": str(line.amount),
            }
            for line in order.lines
        ],
        "NoiDungThanhToan": about,
        "HoTenNguoiNop": order.payer_name,
        "SoCMNDNguoiNop": order.payer_number,
        "DSKhoanNop": [{"NoiDung": line.name, "SoTien": str(line.amount)} for line in order.lines],
    }
