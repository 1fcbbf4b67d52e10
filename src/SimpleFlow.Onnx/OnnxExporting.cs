using SimpleFlow.Onnx.Export;

namespace SimpleFlow.Onnx;

/// <summary>Writes graphs as ONNX files, which ONNX Runtime and other programs run: on a phone, in a browser, in Python.</summary>
public static class OnnxExporting
{
    /// <summary>
    /// Writes what the model predicts as an ONNX file, in its form for use: dropout drops nothing, and batch normalisation uses its running
    /// averages. The file is complete or not there: everything is checked before it is written, and an old file stays until then.
    /// </summary>
    /// <param name="model">The model; its predictions become the outputs.</param>
    /// <param name="path">The file.</param>
    /// <param name="options">How to write it.</param>
    /// <exception cref="OnnxException">A node cannot be said in ONNX, or the model has no predictions or more than 2 GB of
    /// weights.</exception>
    /// <exception cref="SaveException">The file cannot be written; an old one is unchanged.</exception>
    public static OnnxExport ExportOnnx(this Model model, string path, OnnxExportOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var (proto, export) = Of(model, options);
        ExportedFile.Write(proto, path);
        return export;
    }

    /// <summary>Writes what the model predicts to a stream.</summary>
    /// <param name="model">The model; its predictions become the outputs.</param>
    /// <param name="stream">Where to write; it stays open.</param>
    /// <param name="options">How to write it.</param>
    /// <inheritdoc cref="ExportOnnx(Model, string, OnnxExportOptions?)"/>
    public static OnnxExport ExportOnnx(this Model model, Stream stream, OnnxExportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var (proto, export) = Of(model, options);
        ExportedFile.Write(proto, stream);
        return export;
    }

    /// <summary>
    /// Writes a network as an ONNX file, with its way from data to numbers and back as far as ONNX can say it. A table's network takes an
    /// input for each column, [batch, 1]: a number as it is, NaN if it is missing; or the place of a text among those that the network
    /// knows. One that predicts classes gives their <c>probabilities</c> and the likeliest <c>class</c>; one that predicts an amount gives
    /// it in its own unit. The description of the network is in the metadata, and what ONNX cannot say in
    /// <see cref="OnnxExport.Remarks"/>.
    /// </summary>
    /// <param name="network">The network.</param>
    /// <param name="path">The file.</param>
    /// <param name="options">How to write it.</param>
    /// <exception cref="OnnxException">An op of your own is no <see cref="IOnnxOp"/>, or the weights take more than 2 GB.</exception>
    /// <exception cref="SaveException">The file cannot be written; an old one is unchanged.</exception>
    public static OnnxExport ExportOnnx(this Network network, string path, OnnxExportOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(network);
        var (proto, export) = NetworkExport.Of(network, options ?? new OnnxExportOptions());
        ExportedFile.Write(proto, path);
        return export;
    }

    /// <summary>Writes a network to a stream.</summary>
    /// <param name="network">The network.</param>
    /// <param name="stream">Where to write; it stays open.</param>
    /// <param name="options">How to write it.</param>
    /// <inheritdoc cref="ExportOnnx(Network, string, OnnxExportOptions?)"/>
    public static OnnxExport ExportOnnx(this Network network, Stream stream, OnnxExportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(network);
        var (proto, export) = NetworkExport.Of(network, options ?? new OnnxExportOptions());
        ExportedFile.Write(proto, stream);
        return export;
    }

    private static (Schema.ModelProto, OnnxExport) Of(Model model, OnnxExportOptions? options)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.Predictions.Count == 0)
            throw new OnnxException("The model has no predictions, so there is nothing to write: name them when it is made, "
                + "new Model(loss, predictions: scores).");
        return GraphExport.Of(model.Predictions, options ?? new OnnxExportOptions(), []);
    }
}
