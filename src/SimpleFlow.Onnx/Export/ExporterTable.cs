using System.Collections.Frozen;
using SimpleFlow.Onnx.Export.Writers;

namespace SimpleFlow.Onnx.Export;

/// <summary>All ops that can be written.</summary>
internal static class ExporterTable
{
    private static readonly FrozenDictionary<Type, Exporter> ByOp =
        ((IEnumerable<Exporter>)
        [
            .. Elementwises.All, .. Comparing.All, .. Numbers.All, .. Reducing.All, .. Reshaping.All, .. Cutting.All, .. Picking.All,
            .. Multiplying.All, .. Sliding.All, .. AlongAxes.All,
        ]).ToFrozenDictionary(one => one.Op);

    public static IEnumerable<Type> Ops => ByOp.Keys;

    public static Exporter? Find(Op op) => ByOp.GetValueOrDefault(op.GetType());
}
