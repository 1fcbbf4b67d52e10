namespace SimpleFlow;

/// <summary>Labelled images of one size in two sets: a training set, and a test set that is never trained on.</summary>
public sealed class ImageData
{
    internal ImageData(ImageSet train, ImageSet test, int? classes)
    {
        if (test.Count > 0 && train.Count > 0 && (test.Rows, test.Columns) != (train.Rows, train.Columns))
            throw new DataException(
                $"{test.ImagePath}: expected images of {train.Rows} × {train.Columns} pixels as in {train.ImagePath}, found {test.Rows} × "
                    + $"{test.Columns}.");
        Train = train;
        Test = test;
        Classes = classes ?? Math.Max(train.LargestLabel, test.LargestLabel) + 1;
    }

    /// <summary>The training set.</summary>
    public ImageSet Train { get; }

    /// <summary>The test set.</summary>
    public ImageSet Test { get; }

    /// <summary>How many classes there are: one more than the largest label of both sets. 10 for MNIST.</summary>
    public int Classes { get; }
}

/// <summary>Images and their labels.</summary>
public sealed class ImageSet
{
    private readonly IdxFile _images, _labels;

    internal ImageSet(IdxFile images, IdxFile labels, int? classes)
    {
        (_images, _labels) = (images, labels);
        Count = (int)images.Dimensions[0];
        Rows = (int)images.Dimensions[1];
        Columns = (int)images.Dimensions[2];
        if (labels.Dimensions[0] != Count)
            throw new DataException(
                $"{labels.Path}: expected {NumberText.Count(Count, "label")}, one for each image in {images.Path}, found "
                    + $"{labels.Dimensions[0]}.");
        for (var i = 0; i < Count; i++)
        {
            if (labels.Elements[i] >= classes)
                throw new DataException(
                    $"{labels.Path}: label {i} is {labels.Elements[i]}, and with {classes} classes it must be from 0 to {classes - 1}.");
            LargestLabel = Math.Max(LargestLabel, labels.Elements[i]);
        }
        Images = images.ToDataArray(scale: 1 / 255f).Reshape(Count, (long)Rows * Columns);
        Labels = labels.ToDataArray();
    }

    /// <summary>How many images there are, and labels.</summary>
    public int Count { get; }

    /// <summary>The height of an image in pixels.</summary>
    public int Rows { get; }

    /// <summary>The width of an image in pixels.</summary>
    public int Columns { get; }

    /// <summary>The images as numbers from 0 (background) to 1 (ink), of dimensions [<see cref="Count"/>,
    /// <see cref="Rows"/> · <see cref="Columns"/>].</summary>
    public DataArray Images { get; }

    /// <summary>The labels as whole numbers, of dimensions [<see cref="Count"/>].
    /// <c>Labels.OneHot(classes)</c> gives them as rows.</summary>
    public DataArray Labels { get; }

    /// <summary>The pixels as stored, 0 to 255: image by image, row by row, left to right.</summary>
    public ReadOnlySpan<byte> Pixels => _images.Elements;

    /// <summary>The labels as stored.</summary>
    public ReadOnlySpan<byte> LabelBytes => _labels.Elements;

    internal int LargestLabel { get; } = -1;

    internal string ImagePath => _images.Path;
}
