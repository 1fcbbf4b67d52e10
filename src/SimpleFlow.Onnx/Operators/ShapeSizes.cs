namespace SimpleFlow.Onnx.Operators;

internal static class ShapeSizes
{
    /// <summary>The shape with another size along an axis.</summary>
    public static Shape WithSize(this Shape shape, int axis, long? size) =>
        Shape.Create([.. shape.Select((own, i) => i == axis ? size : own)]);
}
